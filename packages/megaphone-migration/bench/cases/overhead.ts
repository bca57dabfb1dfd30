// What it costs that state could move: latencies without a migration, native and by number of bins.
import type { BenchReport, Measurement } from "@limmat/bench";
import type { CountingLoad } from "../counting/counting.ts";
import { counts, nameOf } from "../counting/loads.ts";
import { run } from "../harness/run.ts";
import { interleaved, latenciesIn, median, milliseconds } from "../harness/summary.ts";
import type { BenchCase } from "./bench-case.ts";

const rounds = 5;
/** Seconds of a run, of which the first are for compilers and caches. */
const [warm, end] = [1.5, 4.5];

/** Percentiles, each the median of those of all runs. */
const shares = { p50: 0.5, p90: 0.9, p99: 0.99, "p99.9": 0.999, max: 1 } as const;
type Percentile = keyof typeof shares;
type Percentiles = Readonly<Record<Percentile, number>>;

/** What a percentile is compared with, given those of the loads before it. */
type Bars = (percentile: Percentile, before: readonly Percentiles[]) => Pick<Measurement, "reference" | "bar">;

/** 4 M keys in hash tables. */
export const hashOverhead = overhead([
  [{ state: "hash", keys: 4e6 }, (p) => (p === "p50" ? beside(0.0195, 2 * 0.0195) : {})],
]);

/** 64 M keys in arrays. */
export const keyOverhead = overhead([[{ state: "key", keys: 64e6 }, () => ({})]]);

function overhead(loads: readonly (readonly [Omit<CountingLoad, "kind">, Bars])[]): BenchCase {
  return {
    names: loads.map(([load]) => nameOf(load)),
    async measure(report: BenchReport) {
      const results = await interleaved(
        loads.map(([load]) => counts(load, end)),
        rounds,
        run,
      );
      const before: Percentiles[] = [];
      for (const [i, [load, bars]] of loads.entries()) {
        const latencies = (results[i] ?? []).map((result) => latenciesIn(result, "passage", warm, end));
        const percentiles = Object.fromEntries(
          Object.entries(shares).map(([name, share]) => [
            name,
            median(latencies.map((each) => milliseconds(each, share))),
          ]),
        ) as Percentiles;
        for (const metric of Object.keys(shares) as Percentile[]) {
          const compared = bars(metric, before);
          report.add({
            case: nameOf(load),
            metric,
            value: percentiles[metric],
            unit: "ms",
            ...compared,
            better: "lower",
          });
        }
        before.push(percentiles);
      }
    },
  };
}

function beside(reference: number, bar: number) {
  return { reference, bar };
}
