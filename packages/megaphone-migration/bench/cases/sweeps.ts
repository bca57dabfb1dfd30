// The paper's figures of migrations, remade at sizes that fit two cores: latency over time (figure 1), maximum and duration by number of
// bins, domain and both (16 to 18), and maximum by offered load (19). With what is beyond the paper switched on, and off.
import type { BenchReport } from "@limmat/bench";
import { type CountingLoad, nameOf } from "../counting/counting.ts";
import {
  asInThePaper,
  brief,
  durations,
  longest,
  migrating,
  strategies,
  type Timetable,
} from "../counting/strategies.ts";
import { LatencyHistogram } from "../harness/latency-histogram.ts";
import { run } from "../harness/run.ts";
import type { RunResult, StrategyName } from "../harness/run-spec.ts";
import { milliseconds } from "../harness/summary.ts";
import type { BenchCase } from "./bench-case.ts";

const key = (keys: number, bins: number): CountingLoad => ({ kind: "counting", state: "key", keys, bins });
const modes = [
  ["", {}],
  ["off-", asInThePaper],
] as const;

/** Figure 1: half a second of state that moves, in the middle of a run. */
export const timelines: BenchCase = {
  names: modes.flatMap(([mode]) => strategies.map((strategy) => `timeline-${mode}${strategy}`)),
  async measure(report) {
    const timetable: Timetable = { out: 2, back: 4, end: 6 };
    for (const [mode, moving] of modes) {
      for (const strategy of strategies) {
        const name = `timeline-${mode}${strategy}`;
        const result = await run(migrating({ ...key(64e6, 12), ...moving }, strategy, timetable));
        for (const [metric, share] of [
          ["p50", 0.5],
          ["p99", 0.99],
          ["max", 1],
        ] as const) {
          const points = timeline(result, share);
          const value = Math.max(...points.filter(([at]) => at >= 1).map(([, latency]) => latency));
          report.add({ case: name, metric: `largest ${metric} of a bucket`, value, unit: "ms", points });
        }
        for (const { direction, issued, done } of result.migrations) {
          report.add({
            case: name,
            metric: `${direction}: duration`,
            value: (done - issued) * 1000,
            unit: "ms",
            points: [[issued, done]],
          });
        }
      }
    }
  },
};

/** A percentile of each bucket but the last, which is cut short: in milliseconds, by when it begins. */
function timeline({ passage, bucketSeconds }: RunResult, share: number): [number, number][] {
  return passage.slice(0, -1).flatMap((counts, i): [number, number][] => {
    const latencies = new LatencyHistogram();
    latencies.addAll(counts);
    return latencies.total === 0 ? [] : [[i * bucketSeconds, milliseconds(latencies, share)]];
  });
}

/** Figure 16: more bins, the same keys. */
export const bySize = sweep(
  "sweep-bins",
  modes,
  [4, 6, 8, 10, 12].map((bins) => key(32e6, bins)),
);
/** Figure 17: more keys, the same bins. */
export const byDomain = sweep(
  "sweep-domain",
  modes,
  [4e6, 16e6, 64e6].map((keys) => key(keys, 10)),
);
/** Figure 18: more of both, 256 Ki keys a bin. */
export const byBoth = sweep(
  "sweep-both",
  modes.slice(0, 1),
  [4, 6, 8].map((bins) => key(2 ** (18 + bins), bins)),
);

function sweep(
  name: string,
  modes: readonly (readonly [string, Partial<CountingLoad>])[],
  loads: readonly CountingLoad[],
): BenchCase {
  const cases = modes.flatMap(([mode, moving]) =>
    loads.flatMap((load) =>
      strategies.map((strategy) => ({
        name: `${name}-${mode}${nameOf(load)}-${strategy}`,
        load: { ...load, ...moving },
        strategy,
      })),
    ),
  );
  return {
    names: cases.map(({ name }) => name),
    async measure(report) {
      for (const { name, load, strategy } of cases) addBoth(report, name, await run(migrating(load, strategy, brief)));
    },
  };
}

/** The paper reports the way back; there is no reason to prefer one here. */
function addBoth(report: BenchReport, name: string, result: RunResult): void {
  const directions = ["out", "back"] as const;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const value = mean(directions.map((direction) => longest(result, "passage", direction, brief)));
  report.add({ case: name, metric: "maximum, mean of out and back", value, unit: "ms" });
  const duration = mean(directions.flatMap((direction) => durations(result, direction)));
  report.add({ case: name, metric: "duration, mean of out and back", value: duration, unit: "ms" });
}

const rates = [0.5e6, 1e6, 2e6, 4e6, 8e6] as const;
const ways: readonly (StrategyName | undefined)[] = [undefined, ...strategies];

/** Figure 19: more records a second. */
export const byRate: BenchCase = {
  names: ways.map((strategy) => `offered-${strategy ?? "none"}`),
  async measure(report) {
    for (const strategy of ways) {
      const points: [number, number][] = [];
      for (const rate of rates) {
        const result = await run({ ...migrating(key(16e6, 10), strategy, brief), rate });
        const [out, back] = [longest(result, "passage", "out", brief), longest(result, "passage", "back", brief)];
        points.push([rate, (out + back) / 2]);
      }
      const [, value] = points.at(-1) as [number, number];
      report.add({
        case: `offered-${strategy ?? "none"}`,
        metric: "maximum at the greatest rate",
        value,
        unit: "ms",
        points,
      });
    }
  },
};
