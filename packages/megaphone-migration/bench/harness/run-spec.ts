// What is run in one process (or in two), and what it tells: plain data on a command line and on the standard output.

import type { LatencyCounts } from "./latency-histogram.ts";
import type { Load } from "./loads.ts";

/** How a migration is cut into steps: the strategies of the paper, those of `batch` bins a step for `batched`. */
export type StrategyName = "all-at-once" | "batched" | "fluid";

/** A migration that a run makes: a quarter of all bins from worker 1 to worker 0, or back to where they were. */
export interface MigrationSpec {
  /** Seconds after the first record was due. */
  readonly at: number;
  readonly direction: "out" | "back";
  readonly strategy: StrategyName;
  /** Bins a step, for `batched`. */
  readonly batch?: number;
  /** The share of worker 1's bins that move: half of them, a quarter of all, unless said. */
  readonly share?: number;
}

/** One run. */
export interface RunSpec {
  readonly load: Load;
  /** Records a second that are due on all workers together. */
  readonly rate: number;
  /** For how long. */
  readonly seconds: number;
  readonly migrations?: readonly MigrationSpec[];
  /** Whether memory is looked at ten times a second, and state under way at every event. */
  readonly memory?: boolean;
  /** In place of offering the load: for how many seconds both workers have nothing to do, before they go through rounds without records. */
  readonly idle?: number;
  /** How often worker 0 goes through all keys that came to it, once the load has been offered. */
  readonly passes?: number;
  /** How many processes of one worker each, joined by TCP; without it, one process of two workers. */
  readonly processes?: number;
  /** Bytes of memory that each worker can give to another as it lies; without it, none. */
  readonly arenaBytes?: number;
}

/** A migration that was made. Times are seconds after the first record was due. */
export interface MigrationResult {
  readonly direction: "out" | "back";
  /** When the first step was issued. */
  readonly issued: number;
  /** When the probe had passed the last step's time. */
  readonly done: number;
  readonly steps: number;
  readonly moves: number;
}

/** Bytes that a bin took on leaving a worker, or, negative, on being installed on another. */
export type Transfer = readonly [seconds: number, bytes: number];

/** What worker 0 measured. Latencies are counted in buckets of `bucketSeconds`, by when they became known. */
export interface RunResult {
  readonly bucketSeconds: number;
  /** When the first record was due: microseconds on the run's clock. */
  readonly start: number;
  /** From when a record was due until the probe has passed its time: the paper's latency. */
  readonly passage: readonly LatencyCounts[];
  /** From the time that a record has in the dataflow, at most one round before it was due, until it came out of the operator. */
  readonly emission: readonly LatencyCounts[];
  readonly migrations: readonly MigrationResult[];
  /** Times for which the probe stood still, where they are long: when such a time was over, and its length, in seconds. */
  readonly pauses: readonly (readonly [end: number, length: number])[];
  /** Seconds that it took until all keys were there. */
  readonly loading: number;
  /** What the load has to add. */
  readonly notes: Readonly<Record<string, number>>;
  /** The memory of the process (the sum of both, where there are two), if it was looked at: seconds and bytes. */
  readonly memory?: readonly (readonly [seconds: number, bytes: number])[];
  /** What all workers sent and installed, ascending by time, if memory was looked at. */
  readonly transfers?: readonly Transfer[];
}

/** Records that are due on each worker, and when: number i of a worker at `(i + offset) * interval` microseconds after the start. */
export interface Arrivals {
  readonly interval: number;
  readonly offset: number;
}
