// What a dataflow costs that has nothing to do: processor time while nothing happens, and the length of rounds in which only time passes.
import type { Worker } from "@limmat/timely-core";
import type { RunResult } from "./run-spec.ts";
import type { Subject } from "./subject.ts";

/** Rounds before those that are timed, and those. */
const [warm, rounds] = [2000, 20_000];

/** Waits for `seconds`, then goes through rounds from logical time `start` on; returns notes and no latencies. */
export function idle(
  worker: Worker,
  subject: Subject,
  seconds: number,
  start: number,
): Omit<RunResult, "loading" | "memory" | "transfers"> {
  const { probe, control } = subject;
  const advanceTo = (time: number) => {
    subject.advanceTo(time);
    if (worker.index === 0) control?.advanceTo(time);
  };
  advanceTo(start);
  while (probe.lessThan(start)) worker.step();
  const wait = (milliseconds: number) => {
    const end = performance.now() + milliseconds;
    for (let left = milliseconds; left > 0; left = end - performance.now()) worker.stepOrPark(left);
  };
  wait(500);
  const used = process.cpuUsage();
  const before = performance.now();
  wait(seconds * 1000);
  const { user, system } = process.cpuUsage(used);
  const cores = (user + system) / 1000 / (performance.now() - before);
  let begun = 0;
  for (let round = 1; round <= warm + rounds; round++) {
    advanceTo(start + round);
    while (probe.lessThan(start + round)) worker.step();
    if (round === warm) begun = performance.now();
  }
  const roundMicroseconds = ((performance.now() - begun) / rounds) * 1000;
  return {
    bucketSeconds: 1,
    start,
    passage: [],
    emission: [],
    migrations: [],
    pauses: [],
    notes: worker.index === 0 ? { idleCores: cores, roundMicroseconds } : {},
  };
}
