// What the engine needs to know about a type of logical times: a partial order, path summaries, keys and a byte codec.
// After Naiad's timestamps (SOSP 2013, section 2) and timely dataflow's `Timestamp`/`PathSummary`; engine rule 1.

import type { Codec } from "../codec/index.ts";

/** A canonical key of a time: equal times, and only they, have equal keys (`===`), so that a `Map` can be keyed by time. */
export type TimeKey = number | string;

/**
 * How times change along a path of a dataflow.
 *
 * A summary maps a time at the start of a path to the least time it can cause at the end. Summaries must be monotone, and each must
 * either be the identity or strictly advance every time: one that leaves just some times as they are would let a cycle stand still
 * without being found out.
 */
export interface SummaryDomain<T, S> {
  /** The summary of the empty path: every time results in itself. */
  readonly identity: S;
  /** The least time that `time` can cause at the end of the path, or undefined when nothing can arrive any more (overflow). */
  resultsIn(summary: S, time: T): T | undefined;
  /** The summary of `first` followed by `then`, or undefined when no time survives both. */
  compose(first: S, then: S): S | undefined;
  /** Whether `a` causes no later times than `b`, for every time. A partial order. */
  lessEqual(a: S, b: S): boolean;
  /** Bytes of a summary, for graph fingerprints and logs. */
  readonly codec: Codec<S>;
}

/**
 * A type of logical times: any partial order with a least element.
 *
 * Times are immutable values. A total order may say so with `total`, which lets the engine keep one-element frontiers; nothing else
 * assumes one (engine rule 1).
 */
export interface TimeDomain<T, S = unknown> {
  /** Shown in errors and compared between workers. */
  readonly name: string;
  /** Whether every two times are comparable. */
  readonly total: boolean;
  /** Whether times are numbers in their usual order, so that the engine may compare them without asking. Implies `total`. */
  readonly numeric?: boolean;
  /** The least time: less than or equal to every other. */
  readonly minimum: T;
  /** The partial order. */
  lessEqual(a: T, b: T): boolean;
  /** A total order that extends the partial one; 0 exactly when the times are equal. */
  compare(a: T, b: T): number;
  /** The least time at or after both. */
  join(a: T, b: T): T;
  /** The greatest time at or before both. */
  meet(a: T, b: T): T;
  /** The canonical key of a time. */
  key(time: T): TimeKey;
  /** Bytes of a time. Reading what is no time of this domain throws `DecodeError`. */
  readonly codec: Codec<T>;
  /** The path summaries over these times. */
  readonly summaries: SummaryDomain<T, S>;
}
