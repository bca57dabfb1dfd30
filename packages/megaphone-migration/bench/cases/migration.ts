// What migrations do to latencies, by strategy, in runs that take turns with runs in which nothing moves.
import type { BenchReport } from "@limmat/bench";
import { type CountingLoad, nameOf } from "../counting/counting.ts";
import { asInThePaper, brief, durations, longest, migrating, strategies } from "../counting/strategies.ts";
import { run } from "../harness/run.ts";
import type { RunResult, StrategyName } from "../harness/run-spec.ts";
import { interleaved, median } from "../harness/summary.ts";
import type { BenchCase } from "./bench-case.ts";

/** One way to run. */
interface Way {
  readonly name: string;
  /** Without it nothing moves. */
  readonly strategy?: StrategyName;
  readonly moving?: Pick<CountingLoad, "gating" | "budget" | "credit" | "zeroCopy">;
}

/** What the reference's maxima are, in milliseconds. */
const reference: Readonly<Record<StrategyName, Record<"out" | "back", number>>> = {
  "all-at-once": { out: 84, back: 92 },
  batched: { out: 13, back: 17 },
  fluid: { out: 2.4, back: 4.7 },
};

const load: CountingLoad = { kind: "counting", state: "hash", keys: 16e6, bins: 8 };
const label = ({ name }: Way) => `${nameOf(load)}-${name}`;
const directions = ["out", "back"] as const;

const ways: readonly Way[] = [
  { name: "none" },
  { name: "fluid", strategy: "fluid" },
  { name: "batched", strategy: "batched" },
  { name: "all-at-once", strategy: "all-at-once" },
  { name: "all-at-once-copy", strategy: "all-at-once", moving: { zeroCopy: false } },
];
const rounds = 10;

/** 16 M keys in hash tables, by every strategy. */
export const migration: BenchCase = {
  names: ways.map(label),
  async measure(report) {
    const results = await runs(ways, rounds);
    const still = results[0] as RunResult[];
    for (const [i, way] of ways.entries()) {
      const { name, strategy } = way;
      for (const direction of directions) {
        const maxima = (of: readonly RunResult[]) => of.map((result) => longest(result, "passage", direction, brief));
        const values = maxima(results[i] as RunResult[]);
        const rust = strategy === undefined ? undefined : reference[strategy][direction];
        const byCopy = name === "all-at-once-copy";
        const bar = strategy === "all-at-once" ? (rust as number) * (byCopy ? 2 : 1) : median(maxima(still)) + 1;
        report.add({
          case: label(way),
          metric: `${direction}: median of ${rounds} maxima`,
          value: median(values),
          unit: "ms",
          ...(rust !== undefined && { reference: rust, bar, better: "lower" }),
          points: values.map((value, round) => [round + 1, value]),
        });
        report.add({
          case: label(way),
          metric: `${direction}: largest maximum`,
          value: Math.max(...values),
          unit: "ms",
        });
        addOthers(report, way, direction, results[i] as RunResult[]);
      }
    }
  },
};

const ablated: readonly Way[] = [
  ...strategies.map((strategy) => ({ name: `all-off-${strategy}`, strategy, moving: asInThePaper })),
  { name: "no-gating-all-at-once", strategy: "all-at-once", moving: { gating: "step" } },
  {
    name: "no-credits-all-at-once",
    strategy: "all-at-once",
    moving: { zeroCopy: false, budget: asInThePaper.budget, credit: asInThePaper.credit },
  },
];
const ablatedRounds = 3;

/** The same with what is beyond the paper switched off. */
export const ablation: BenchCase = {
  names: ablated.map(label),
  async measure(report) {
    const results = await runs(ablated, ablatedRounds);
    for (const [i, way] of ablated.entries()) {
      for (const direction of directions) {
        const maxima = (results[i] as RunResult[]).map((result) => longest(result, "passage", direction, brief));
        report.add({
          case: label(way),
          metric: `${direction}: median of ${ablatedRounds} maxima`,
          value: median(maxima),
          unit: "ms",
        });
        addOthers(report, way, direction, results[i] as RunResult[]);
      }
    }
    const worst = (i: number) =>
      median(
        (results[i] as RunResult[]).flatMap((result) => directions.map((d) => longest(result, "passage", d, brief))),
      );
    for (const i of [1, 2]) {
      report.add({
        case: label(ablated[0] as Way),
        metric: `maximum over that of ${strategies[i]}`,
        value: worst(0) / worst(i),
        unit: "times",
        bar: 5,
        better: "higher",
      });
    }
  },
};

function runs(ways: readonly Way[], rounds: number): Promise<RunResult[][]> {
  const specs = ways.map(({ strategy, moving }) => migrating({ ...load, ...moving }, strategy, brief));
  return interleaved(specs, rounds, run);
}

/** What no bar is about. */
function addOthers(report: BenchReport, way: Way, direction: "out" | "back", results: readonly RunResult[]): void {
  const emission = median(results.map((result) => longest(result, "emission", direction, brief)));
  report.add({ case: label(way), metric: `${direction}: median of maxima to emission`, value: emission, unit: "ms" });
  if (way.strategy === undefined) return;
  const duration = median(results.flatMap((result) => durations(result, direction)));
  report.add({ case: label(way), metric: `${direction}: median duration`, value: duration, unit: "ms" });
}
