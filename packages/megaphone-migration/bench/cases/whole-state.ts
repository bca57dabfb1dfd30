// move-1GB: all of a worker's state, a thousand million bytes, changes hands as it lies in memory.
import type { CountingLoad } from "../counting/counting.ts";
import { usualRate } from "../counting/strategies.ts";
import { run } from "../harness/run.ts";
import type { RunResult } from "../harness/run-spec.ts";
import { median } from "../harness/summary.ts";
import type { BenchCase } from "./bench-case.ts";

/** Half of them are worker 1's: 1 GB of 8-byte counts. */
const load: CountingLoad = { kind: "counting", state: "key", keys: 250e6, bins: 8 };
/** Seconds between migrations: out and back in turn, the last one out. */
const spacing = 0.5;
const moves = 5;
const first = 1.5;
const name = "move-1GB";

/** Five moves of 1 GB, each compared with as long a time without one. */
export const wholeState: BenchCase = {
  names: [name],
  async measure(report) {
    const result = await run({
      load,
      rate: usualRate,
      seconds: first + moves * spacing,
      arenaBytes: 1.25 * 2 ** 30,
      migrations: Array.from({ length: moves }, (_, i) => ({
        at: first + i * spacing,
        direction: i % 2 === 0 ? ("out" as const) : ("back" as const),
        strategy: "all-at-once" as const,
        share: 1,
      })),
      passes: 3,
    });
    const stalls = result.migrations.map(({ issued, done }) => stall(result, issued, done));
    const still = result.migrations.map(({ issued, done }) => stall(result, issued - spacing / 2, done - spacing / 2));
    report.add({
      case: name,
      metric: `stall: median of ${moves} moves`,
      value: median(stalls),
      unit: "ms",
      bar: 5,
      better: "lower",
      points: stalls.map((value, i) => [i + 1, value]),
    });
    report.add({ case: name, metric: "stall: largest", value: Math.max(...stalls), unit: "ms" });
    report.add({
      case: name,
      metric: "stall in as long a time without a move: largest",
      value: Math.max(...still),
      unit: "ms",
    });
    const durations = result.migrations.map(({ issued, done }) => (done - issued) * 1000);
    report.add({ case: name, metric: "duration: median", value: median(durations), unit: "ms" });
    const { copiedBytes = Number.NaN, pass1 = Number.NaN, pass2 = Number.NaN, pass3 = Number.NaN } = result.notes;
    report.add({
      case: name,
      metric: "bytes of state copied",
      value: copiedBytes,
      unit: "bytes",
      bar: 0,
      better: "lower",
    });
    report.add({
      case: name,
      metric: "first pass over steady passes",
      value: pass1 / Math.min(pass2, pass3),
      unit: "times",
      bar: 1.5,
      better: "lower",
    });
    report.add({ case: name, metric: "first pass", value: pass1, unit: "s" });
  },
};

/** Milliseconds in all for which the probe stood still longer than in an undisturbed round, between two moments. */
function stall({ pauses }: RunResult, from: number, to: number): number {
  return (
    1000 *
    pauses.filter(([end, length]) => end >= from && end - length <= to).reduce((sum, [, length]) => sum + length, 0)
  );
}
