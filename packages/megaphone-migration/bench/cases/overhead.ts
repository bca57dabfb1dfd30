// What it costs that state could move: latencies without a migration, native and by number of bins. The paper's figures 13 to 15.
import type { BenchReport, Measurement } from "@limmat/bench";
import { type CountingLoad, nameOf } from "../counting/counting.ts";
import { migrating } from "../counting/strategies.ts";
import { LatencyHistogram } from "../harness/latency-histogram.ts";
import { run } from "../harness/run.ts";
import type { RunResult, RunSpec } from "../harness/run-spec.ts";
import { interleaved, latenciesIn, median, milliseconds } from "../harness/summary.ts";
import type { BenchCase } from "./bench-case.ts";

/** Seconds of a run, of which the first are for compilers and caches. */
const [warm, end] = [1.5, 4.5];

const shares = { p50: 0.5, p90: 0.9, p99: 0.99, "p99.9": 0.999, "p99.99": 0.9999, max: 1 } as const;
type Percentile = keyof typeof shares;
/** Percentiles of one load, each the median of those of all its runs, in milliseconds. */
type Percentiles = Readonly<Record<Percentile, number>>;

/** What a percentile is compared with, given those of the other loads by name. */
type Bar = (others: ReadonlyMap<string, Percentiles>) => Pick<Measurement, "reference" | "bar">;

/** Bars by load and percentile. */
type Bars = Readonly<Record<string, Partial<Record<Percentile, Bar>>>>;

const times = (factor: number, name: string, percentile: Percentile) => (others: ReadonlyMap<string, Percentiles>) =>
  factor * (others.get(name) as Percentiles)[percentile];

const nativeHash = times(1.5, "native-hash-4M", "p50");

const hashBars: Bars = {
  "native-hash-4M": { p50: () => ({ reference: 0.0195, bar: 2 * 0.0195 }) },
  "hash-4M-b8": {
    p50: (others) => ({ reference: 0.039, bar: nativeHash(others) }),
    p99: (others) => ({ bar: times(1.8, "native-hash-4M", "p99")(others) }),
  },
  "hash-4M-b12": {
    p50: (others) => ({ reference: 0.094, bar: Math.min(0.094, nativeHash(others)) }),
    p99: (others) => ({ bar: times(1.8, "native-hash-4M", "p99")(others) }),
  },
  ...Object.fromEntries(
    ["hash-4M-b16", "hash-4M-b20"].map((name) => [
      name,
      {
        p50: (others: ReadonlyMap<string, Percentiles>) => ({ bar: times(2, "hash-4M-b12", "p50")(others) }),
        p99: (others: ReadonlyMap<string, Percentiles>) => ({ bar: times(2, "hash-4M-b12", "p99")(others) }),
      },
    ]),
  ),
};

const keyBars: Bars = {
  "key-64M-b12": {
    p90: (others) => ({ bar: times(1.2, "native-key-64M", "p90")(others) }),
    p99: (others) => ({ bar: times(1.5, "native-key-64M", "p99")(others) }),
  },
};

/** The most bytes that a key may take with 4 M keys in many bins. */
const mostBytes = 40;

/** 4 M keys in hash tables. */
export const hashOverhead = overhead("hash", 4e6, [8, 12, 16, 20], 5, hashBars);
/** 64 M keys in arrays. */
export const keyOverhead = overhead("key", 64e6, [8, 12], 5, keyBars);
/** The other numbers of bins, for the figures. */
export const hashSweep = overhead("hash", 4e6, [4, 6, 10, 14, 18], 1, {});
/** The same for arrays. */
export const keySweep = overhead("key", 64e6, [4, 16, 20], 1, {});

function overhead(state: "hash" | "key", keys: number, bins: readonly number[], rounds: number, bars: Bars): BenchCase {
  const native = rounds > 1 ? [undefined] : [];
  const loads: CountingLoad[] = [...native, ...bins].map((bins) => ({
    kind: "counting",
    state,
    keys,
    ...(bins !== undefined && { bins }),
  }));
  const names = loads.map(nameOf);
  return {
    names,
    async measure(report: BenchReport) {
      const specs: RunSpec[] = loads.map((load) => ({ ...migrating(load, undefined, { out: end, back: end, end }) }));
      const results = await interleaved(specs, rounds, run);
      const all = new Map<string, Percentiles>();
      for (const [i, name] of names.entries()) all.set(name, percentilesOf(results[i] as RunResult[]));
      for (const [i, name] of names.entries()) {
        for (const [metric, value] of Object.entries(all.get(name) as Percentiles) as [Percentile, number][]) {
          report.add({ case: name, metric, value, unit: "ms", ...bars[name]?.[metric]?.(all), better: "lower" });
        }
        const merged = new LatencyHistogram();
        for (const result of results[i] as RunResult[]) merged.addAll(latenciesIn(result, "passage", warm, end));
        report.add({
          case: name,
          metric: "distribution",
          value: merged.total,
          unit: "records",
          points: merged.beyond().map(([nanoseconds, share]) => [nanoseconds / 1e6, share]),
        });
        const bytes = median((results[i] as RunResult[]).map(({ notes }) => (notes.loadedBytes ?? Number.NaN) / keys));
        const bar = state === "hash" && rounds > 1 && !name.startsWith("native") ? { bar: mostBytes } : {};
        report.add({ case: name, metric: "memory a key", value: bytes, unit: "bytes", ...bar, better: "lower" });
      }
    },
  };
}

function percentilesOf(results: readonly RunResult[]): Percentiles {
  const latencies = results.map((result) => latenciesIn(result, "passage", warm, end));
  return Object.fromEntries(
    Object.entries(shares).map(([name, share]) => [name, median(latencies.map((each) => milliseconds(each, share)))]),
  ) as Percentiles;
}
