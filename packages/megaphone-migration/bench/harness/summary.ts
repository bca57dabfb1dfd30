// What is said of runs: percentiles of windows of time, and medians of several runs.
import { LatencyHistogram } from "./latency-histogram.ts";
import type { RunResult } from "./run-spec.ts";

/** The two latencies that are measured. */
export type LatencyKind = "passage" | "emission";

/** The latencies of the buckets that lie in [from, to), in seconds, or overlap with its ends. */
export function latenciesIn(result: RunResult, kind: LatencyKind, from: number, to: number): LatencyHistogram {
  const { bucketSeconds } = result;
  const all = new LatencyHistogram();
  for (const counts of result[kind].slice(Math.floor(from / bucketSeconds), Math.ceil(to / bucketSeconds))) {
    all.addAll(counts);
  }
  return all;
}

/** A percentile in milliseconds. */
export function milliseconds(latencies: LatencyHistogram, share: number): number {
  return latencies.percentile(share) / 1e6;
}

/** The middle one of `values`, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half] as number;
  return ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** Calls `run` for each of `specs` in turn, `rounds` times over, so that a disturbance meets all of them alike. */
export async function interleaved<S, R>(
  specs: readonly S[],
  rounds: number,
  run: (spec: S) => Promise<R>,
): Promise<R[][]> {
  const results: R[][] = specs.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, spec] of specs.entries()) (results[i] as R[]).push(await run(spec));
  }
  return results;
}
