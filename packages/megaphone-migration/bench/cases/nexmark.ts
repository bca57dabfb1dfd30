// NEXMark's queries, natively and in bins, a quarter of which goes from one worker to the other and comes back while events flow.
import { readFile } from "node:fs/promises";
import type { BenchReport } from "@limmat/bench";
import { durations, longest, type Timetable } from "../counting/strategies.ts";
import { run } from "../harness/run.ts";
import type { RunResult, RunSpec, StrategyName } from "../harness/run-spec.ts";
import { interleaved, latenciesIn, median, milliseconds } from "../harness/summary.ts";
import { linesOfCode, modulesOf } from "../nexmark/lines.ts";
import type { NexmarkLoad } from "../nexmark/nexmark.ts";
import type { QueryNumber } from "../nexmark/queries.ts";
import type { BenchCase } from "./bench-case.ts";

const rounds = 10;
const timetable: Timetable = { out: 2, back: 3, end: 4 };
/** Bins of each operator, of which 64 move, eight at a time where they go in batches. */
const [bins, batch] = [8, 8];
/** What the longest latency may grow by while state moves, in milliseconds. */
const mostGrowth = 5;

/** Microseconds from one event to the next, and for a minute of event time: an hour is 1.2 seconds, half a day one for query 8. */
const paces: Readonly<Record<QueryNumber, Pick<NexmarkLoad, "interval" | "minute">>> = {
  1: { interval: 4, minute: 20_000 },
  2: { interval: 4, minute: 20_000 },
  3: { interval: 4, minute: 20_000 },
  4: { interval: 8, minute: 20_000 },
  5: { interval: 8, minute: 20_000 },
  6: { interval: 8, minute: 20_000 },
  7: { interval: 8, minute: 20_000 },
  8: { interval: 4, minute: 1_400 },
};
const inFlight = 10_000;

/** What the paper's table 1 has: lines of Rust. */
const linesInPaper: Readonly<Record<QueryNumber, { readonly native: number; readonly migratable: number }>> = {
  1: { native: 12, migratable: 16 },
  2: { native: 14, migratable: 18 },
  3: { native: 58, migratable: 41 },
  4: { native: 128, migratable: 74 },
  5: { native: 73, migratable: 46 },
  6: { native: 130, migratable: 74 },
  7: { native: 55, migratable: 54 },
  8: { native: 58, migratable: 29 },
};

/** The eight queries. */
export const nexmarkQueries: readonly BenchCase[] = ([1, 2, 3, 4, 5, 6, 7, 8] as const).map(caseOf);

function caseOf(query: QueryNumber): BenchCase {
  const names = { native: `nexmark-q${query}-native`, migratable: `nexmark-q${query}` };
  const strategies: readonly StrategyName[] = ["batched", "all-at-once"];
  return {
    names: Object.values(names),
    async measure(report) {
      const specs = [
        runOf(query, undefined),
        runOf(query, bins),
        ...strategies.map((each) => runOf(query, bins, each)),
      ];
      const [native = [], still = [], ...moved] = await interleaved(specs, rounds, run);
      addPercentiles(report, names.native, native);
      addPercentiles(report, names.migratable, still);
      for (const [i, strategy] of strategies.entries()) {
        for (const direction of ["out", "back"] as const) {
          const maxima = (of: readonly RunResult[]) => of.map((each) => longest(each, "passage", direction, timetable));
          const values = maxima(moved[i] as RunResult[]);
          report.add({
            case: names.migratable,
            metric: `${strategy} ${direction}: median of ${rounds} maxima`,
            value: median(values),
            unit: "ms",
            bar: median(maxima(still)) + mostGrowth,
            better: "lower",
            points: values.map((value, round) => [round + 1, value]),
          });
          report.add({
            case: names.migratable,
            metric: `${strategy} ${direction}: median duration`,
            value: median((moved[i] as RunResult[]).flatMap((result) => durations(result, direction))),
            unit: "ms",
          });
        }
      }
      for (const form of ["native", "migratable"] as const) {
        const lines = await Promise.all(modulesOf(query, form).map(async (name) => linesOfCode(await sourceOf(name))));
        report.add({
          case: names[form],
          metric: "code",
          value: lines.reduce((a, b) => a + b),
          unit: "lines",
          reference: linesInPaper[query][form],
        });
      }
    },
  };
}

function runOf(query: QueryNumber, bins: number | undefined, strategy?: StrategyName): RunSpec {
  const { out, back, end } = timetable;
  const load: NexmarkLoad = { kind: "nexmark", query, ...paces[query], inFlight, ...(bins !== undefined && { bins }) };
  const migration = { strategy: strategy ?? "batched", batch };
  return {
    load,
    rate: 1e6 / load.interval,
    seconds: end,
    arenaBytes: 2 ** 26,
    migrations:
      strategy === undefined
        ? []
        : [
            { ...migration, at: out, direction: "out" },
            { ...migration, at: back, direction: "back" },
          ],
  };
}

function addPercentiles(report: BenchReport, name: string, results: readonly RunResult[]): void {
  const latencies = results.map((result) => latenciesIn(result, "passage", timetable.out, timetable.end));
  for (const [metric, share] of [
    ["p50", 0.5],
    ["p99", 0.99],
    ["max", 1],
  ] as const) {
    report.add({ case: name, metric, value: median(latencies.map((each) => milliseconds(each, share))), unit: "ms" });
  }
}

/** The program is built into a folder beside the sources. */
function sourceOf(module: string): Promise<string> {
  return readFile(new URL(`../nexmark/${module}`, import.meta.url), "utf8");
}
