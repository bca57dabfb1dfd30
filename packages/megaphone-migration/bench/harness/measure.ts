// A run on one worker: builds the load, puts its keys there, agrees with the others on a start, and offers the load.
import { broadcast, input, inspect, probe, type Worker } from "@limmat/timely-core";
import { idle } from "./idle.ts";
import { buildLoad } from "./loads.ts";
import { Buckets, openLoop } from "./open-loop.ts";
import type { RunResult, RunSpec, Transfer } from "./run-spec.ts";
import type { SharedClock } from "./shared-clock.ts";
import type { Subject } from "./subject.ts";

/** Microseconds between the agreement on a start and the start. */
const notice = 100_000;
/** When all keys are there at the latest, as logical times go: those before it count rounds. */
const loaded = 1_000_000;

/** Returns what this worker has measured: latencies of its own records, and transfers that began or ended on it. */
export function measure(worker: Worker, spec: RunSpec, clock: SharedClock): Omit<RunResult, "memory"> {
  const agreed = agreement(worker);
  const memory = memoryOf(worker);
  let emission: Buckets | undefined;
  const transfers: [number, number][] = [];
  let copiedBytes = 0;
  let emitted = 0;
  const subject = buildLoad(worker, spec.load, {
    emitted: (time, records) => {
      emitted += records;
      if (emission === undefined) return;
      const now = clock.now();
      emission.add(now, (now - time) * 1000, records);
    },
    log: (event) => {
      if (event.kind !== "shipped" && event.kind !== "installed") return;
      if (event.kind === "shipped" && !event.blocks) copiedBytes += event.bytes;
      if (spec.memory) transfers.push([clock.now(), event.kind === "shipped" ? event.bytes : -event.bytes]);
    },
  });
  const before = clock.now();
  load(worker, subject);
  const loading = (clock.now() - before) / 1e6;
  const loadedBytes = memory();
  const start = agreed(Math.max(Math.ceil(clock.now()), loaded) + notice);
  emission = new Buckets(start);
  while (clock.now() < start) worker.step();
  const result =
    spec.idle === undefined
      ? openLoop(worker, subject, spec, clock, start, emission)
      : idle(worker, subject, spec.idle, start);
  subject.control?.close();
  const passes = goThrough(worker, subject, spec.passes ?? 0);
  subject.close();
  return {
    ...result,
    loading,
    notes: {
      ...subject.notes?.(),
      ...result.notes,
      ...passes,
      emitted,
      copiedBytes,
      loadedBytes: worker.index === 0 ? loadedBytes : 0,
    },
    transfers: transfers.map(([time, bytes]): Transfer => [(time - start) / 1e6, bytes]),
  };
}

/** Tells how much memory has been taken since. What is resident is the whole process's, so worker 0 alone counts it; shared slabs are so from the start. */
function memoryOf({ index, arena }: Worker): () => number {
  const taken = () => (index === 0 ? process.memoryUsage.rss() : 0) - (arena?.freeBytes ?? 0);
  const before = taken();
  return () => taken() - before;
}

/** Has the load put all its keys there. */
function load(worker: Worker, subject: Subject): void {
  const { probe, control } = subject;
  const advanceTo = (time: number) => {
    subject.advanceTo(time);
    control?.advanceTo(time);
  };
  let round = 0;
  for (let more = true; more; ) {
    more = subject.preload();
    round += 1;
    advanceTo(round);
    // Two rounds at a time, so that memory stays what the state needs.
    while (probe.lessThan(round - 1)) worker.step();
  }
  advanceTo(loaded);
  if (worker.index !== 0) control?.close();
  while (probe.lessThan(loaded)) worker.step();
}

/** Worker 0 goes through what came to it, while the others wait; returns the seconds of each pass. */
function goThrough(worker: Worker, subject: Subject, passes: number): Record<string, number> {
  const seconds: Record<string, number> = {};
  if (worker.index !== 0 || subject.pass === undefined) return seconds;
  const { probe } = subject;
  let time = subject.time;
  const settle = (until: number) => {
    while (probe.lessThan(until)) worker.step();
  };
  for (let pass = 1; pass <= passes; pass++) {
    settle(time);
    const begun = performance.now();
    for (let more = true; more; ) {
      more = subject.pass();
      time += 1;
      subject.advanceTo(time);
      settle(time - 1);
    }
    settle(time);
    seconds[`pass${pass}`] = (performance.now() - begun) / 1000;
  }
  return seconds;
}

/** Lets worker 0 name a moment: returns a function that returns it on every worker. */
function agreement(worker: Worker): (proposal: number) => number {
  const { feed, done, heard } = worker.dataflow((scope) => {
    const feed = input<number>(scope);
    const heard: number[] = [];
    const done = feed.stream.pipe(
      broadcast(),
      inspect((moment) => heard.push(moment)),
      probe(),
    );
    return { feed, done, heard };
  });
  return (proposal) => {
    if (worker.index === 0) feed.send(proposal);
    feed.close();
    while (!done.done) worker.step();
    return heard[0] as number;
  };
}
