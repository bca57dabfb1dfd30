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
/** The longest latency, in milliseconds, of the buckets from `from` to `to`, in seconds, or to the end of the migration if that is later. */
export function longestIn(result: RunResult, kind: LatencyKind, from: number, to: number): number {
  const late = result.migrations.filter(({ issued }) => issued >= from && issued < to).map(({ done }) => done);
  return latenciesIn(result, kind, from, Math.max(to, ...late)).max / 1e6;
}

/** The bytes that were most under way at once: sent, and not installed yet. */
export function mostUnderWay({ transfers = [] }: RunResult): number {
  let now = 0;
  let most = 0;
  for (const [, bytes] of transfers) {
    now += bytes;
    most = Math.max(most, now);
  }
  return most;
}

/** The largest memory between two moments, in bytes. */
export function mostMemory({ memory = [] }: RunResult, from: number, to: number): number {
  return Math.max(...memory.filter(([at]) => at >= from && at < to).map(([, bytes]) => bytes));
}
