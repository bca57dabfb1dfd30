// Runs in which a quarter of all bins goes from worker 1 to worker 0 and comes back, by one of the paper's strategies.
import type { RunResult, RunSpec, StrategyName } from "../harness/run-spec.ts";
import { longestIn } from "../harness/summary.ts";
import type { CountingLoad } from "./counting.ts";

/** Records a second of both workers that the reference's figures are for. */
export const usualRate = 500_000;

/** The strategies of the paper; its fourth, `optimized`, is `fluid` where there are two workers. */
export const strategies: readonly StrategyName[] = ["all-at-once", "batched", "fluid"];

/** As the paper has it: all records wait for a step, bins are copied, and as much of them is packed and under way as there is. */
export const asInThePaper = {
  gating: "step",
  zeroCopy: false,
  budget: Number.MAX_SAFE_INTEGER,
  credit: Number.MAX_SAFE_INTEGER,
} as const;

/** When bins leave, when they come back, and the end, in seconds after the first record was due. */
export interface Timetable {
  readonly out: number;
  readonly back: number;
  readonly end: number;
}

/** Short ones: for many runs. */
export const brief: Timetable = { out: 1.25, back: 2.25, end: 3.25 };

/** A run of a load by a strategy, or without a migration. */
export function migrating(
  load: CountingLoad,
  strategy: StrategyName | undefined,
  { out, back, end }: Timetable,
): RunSpec {
  const { bins = 0, keys } = load;
  // The reference's sizes of batches: 8 of 256 bins a step, 64 of 4096.
  const batch = Math.max(1, 2 ** bins / (bins >= 12 ? 64 : 32));
  return {
    load,
    rate: usualRate,
    seconds: end,
    arenaBytes: arenaBytes(load.state, keys),
    migrations:
      strategy === undefined
        ? []
        : [
            { at: out, direction: "out", strategy, batch },
            { at: back, direction: "back", strategy, batch },
          ],
  };
}

/** The longest latency while bins leave or come back, or at that time where nothing moves. */
export function longest(
  result: RunResult,
  kind: "passage" | "emission",
  direction: "out" | "back",
  { out, back, end }: Timetable,
): number {
  return direction === "out" ? longestIn(result, kind, out, back) : longestIn(result, kind, back, end);
}

/** Milliseconds of the migrations of one direction. */
export function durations(result: RunResult, direction: "out" | "back"): number[] {
  return result.migrations
    .filter((each) => each.direction === direction)
    .map(({ issued, done }) => (done - issued) * 1000);
}

/** Room for the bins of a worker that has three quarters of all. */
function arenaBytes(state: "hash" | "key", keys: number): number {
  return 2 ** 26 + Math.ceil(keys * (state === "hash" ? 48 : 8));
}
