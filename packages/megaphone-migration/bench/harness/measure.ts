// A run on one worker: builds the load, puts its keys there, agrees with the others on a start, and offers the load.
import { broadcast, input, inspect, probe, type Worker } from "@limmat/timely-core";
import { buildLoad } from "./loads.ts";
import { Buckets, openLoop } from "./open-loop.ts";
import type { RunResult, RunSpec } from "./run-spec.ts";
import type { SharedClock } from "./shared-clock.ts";

/** Microseconds between the agreement on a start and the start. */
const notice = 100_000;

/** Returns what worker 0 has measured; the others return theirs, which nobody looks at. */
export function measure(worker: Worker, spec: RunSpec, clock: SharedClock): Omit<RunResult, "memory"> {
  const agreed = agreement(worker);
  let emission: Buckets | undefined;
  const subject = buildLoad(worker, spec.load, {
    emitted: (time, records) => {
      if (emission === undefined) return;
      const now = clock.now();
      emission.add(now, (now - time) * 1000, records);
    },
  });
  const before = clock.now();
  let round = 0;
  for (let more = true; more; ) {
    more = subject.preload();
    round += 1;
    subject.advanceTo(round);
    // Two rounds at a time, so that memory stays what the state needs.
    while (subject.probe.lessThan(round - 1)) worker.step();
  }
  const loaded = 1_000_000;
  subject.advanceTo(loaded);
  while (subject.probe.lessThan(loaded)) worker.step();
  const loading = (clock.now() - before) / 1e6;
  const start = agreed(Math.max(Math.ceil(clock.now()), loaded) + notice);
  emission = new Buckets(start);
  while (clock.now() < start) worker.step();
  const result = openLoop(worker, subject, spec, clock, start, emission);
  subject.close();
  return { ...result, loading };
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
