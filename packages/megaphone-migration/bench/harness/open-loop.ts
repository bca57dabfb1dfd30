// The open loop: records are due at a fixed rate whatever the dataflow does, and the latency of one is from when it was due, not from
// when it could be sent. Times are microseconds of the run's clock.
import type { Worker } from "@limmat/timely-core";
import { LatencyHistogram } from "./latency-histogram.ts";
import { Mover } from "./mover.ts";
import type { Arrivals, RunResult, RunSpec } from "./run-spec.ts";
import type { SharedClock } from "./shared-clock.ts";
import type { Subject } from "./subject.ts";

/** Microseconds of a bucket of latencies, as in the paper. */
const bucket = 250_000;

/** The longest that records which are due are kept back, in microseconds, so that they go in larger batches. */
const longestTick = 1024;

/** Pauses of the probe that are longer are noted, in microseconds. */
const longPause = 500;

/** Latencies by when they became known. */
export class Buckets {
  private readonly histograms: LatencyHistogram[] = [];
  private current = new LatencyHistogram();
  private end: number;

  constructor(start: number) {
    this.end = start + bucket;
    this.histograms.push(this.current);
  }

  /** Counts latencies of `nanoseconds` that are known since `now`. */
  add(now: number, nanoseconds: number, times = 1): void {
    while (now >= this.end) {
      this.end += bucket;
      this.current = new LatencyHistogram();
      this.histograms.push(this.current);
    }
    this.current.add(nanoseconds, times);
  }

  /** All buckets as plain data. */
  toData() {
    return this.histograms.map((histogram) => histogram.toData());
  }
}

/** Offers the load until its end and until all of it has passed; returns what was measured here. */
export function openLoop(
  worker: Worker,
  subject: Subject,
  { rate, seconds, migrations = [] }: RunSpec,
  clock: SharedClock,
  start: number,
  emission: Buckets,
): Omit<RunResult, "loading" | "memory" | "transfers"> {
  const { probe, control, map } = subject;
  const end = start + Math.round(seconds * 1e6);
  const passage = new Buckets(start);
  const { interval, offset }: Arrivals = { interval: (worker.peers * 1e6) / rate, offset: worker.index / worker.peers };
  const mover =
    control !== undefined && map !== undefined && worker.index === 0
      ? new Mover(control, map, migrations, start)
      : undefined;
  let sent = 0;
  let due = start + offset * interval;
  let passed = 0;
  let passedDue = due;
  let inserted = start;
  let acknowledged = 0;
  let advanced = start;
  const pauses: [number, number][] = [];
  subject.advanceTo(start);
  while (acknowledged < end || mover?.idle === false) {
    const now = clock.now();
    const before = acknowledged;
    acknowledged = probe.frontier.elements[0] ?? Number.POSITIVE_INFINITY;
    if (acknowledged > before) {
      if (now - advanced > longPause) pauses.push([(now - start) / 1e6, (now - advanced) / 1e6]);
      advanced = now;
    }
    for (; passed < sent && passedDue < acknowledged; passed++) {
      passage.add(now, (now - passedDue) * 1000);
      passedDue = start + (passed + 1 + offset) * interval;
    }
    mover?.advance(now, acknowledged);
    // While rounds are under way the next is larger, so that their number grows less than the delay. Not without limit: while state moves,
    // only some of the records wait for it, and those that don't should not wait for a round either.
    const waiting = inserted - acknowledged;
    const tick = waiting > 1 ? Math.min(2 ** Math.floor(Math.log2(waiting)) / 2, longestTick) : 1;
    const target = Math.floor(now / tick) * tick;
    if (target > inserted) {
      const first = sent;
      // What is due after the end is not sent, but time goes on: migrations may still be under way.
      for (; due < target && due < end; due = start + (sent + offset) * interval) sent += 1;
      if (sent > first) subject.send(first, sent - first);
      subject.advanceTo(target);
      inserted = target;
    }
    worker.step();
  }
  return {
    bucketSeconds: bucket / 1e6,
    start,
    passage: passage.toData(),
    emission: emission.toData(),
    migrations: mover?.results ?? [],
    pauses,
    notes: {},
  };
}
