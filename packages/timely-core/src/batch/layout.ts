// Layout<B>: what a stream carries, and everything a channel must know to build, cut, join, scatter and encode it. Rows
// and columns implement it; operators that don't look at the data are written against it.

import type { Batch, RecordOf } from "./batch.ts";

/** How the batches of a stream are laid out, in memory and in bytes. */
export interface Layout<B extends Batch> {
  /** Rows or columns. */
  readonly kind: B["kind"];
  /** Compared between workers: equal exactly when each can read the other's bytes. */
  readonly fingerprint: string;
  /** A batch without records. */
  empty(): B;
  /** A builder of batches; `capacity` is in records, by default what 8 KiB a column hold (engine rule 8). */
  builder(capacity?: number): Builder<B>;
  /** The exact number of bytes that `encode` writes for this batch. */
  byteLength(batch: B): number;
  /** Writes the batch at `bytes[offset…]`, which must have room; for columns the address must be a multiple of 8. */
  encode(batch: B, bytes: Uint8Array, offset: number): void;
  /**
   * The batch that `encode` wrote as the `length` bytes at `offset`. Columns become views on this memory, rows fresh
   * values. The memory is borrowed (`retain` copies) and `onReleased` called when the batch is done with it, unless
   * `own` says that it was handed over with the bytes. Throws `DecodeError` on other bytes.
   */
  decode(bytes: Uint8Array, offset: number, length: number, lender?: Lender): B;
  /**
   * Records [from, to) as a batch of its own. Columns share memory: the part holds a reference to the whole until it
   * is released.
   */
  slice(batch: B, from: number, to: number): B;
  /** The records of all batches in order, in memory of their own. */
  concat(batches: readonly B[]): B;
  /** What divides batches over `peers` workers. */
  scatter(peers: number): Scatter<B>;
}

/** Whose memory a decoded batch stands on. */
export interface Lender {
  /** The memory comes with the batch: nobody else will write to it. */
  readonly own?: boolean;
  /** Called when the last reference to the batch is released. */
  readonly onReleased?: () => void;
}

/** Collects records into batches. */
export interface Builder<B extends Batch> {
  /** Records collected since the last `finish`. */
  readonly length: number;
  /** Records after which a session flushes. More may be pushed: the builder grows. */
  readonly capacity: number;
  /** Adds a record. Numbers are converted as typed arrays do. */
  push(record: RecordOf<B>): void;
  /** Adds record `i` of a batch of the same layout. */
  pushFrom(batch: B, i: number): void;
  /** What was collected, as a batch with one reference; the builder starts anew. */
  finish(): B;
}

/** A key that is one column of unsigned integers of 32 bits, hashed with a seed as `keys` hashes integers. */
export interface IntegerKey {
  /** The name of the column. */
  readonly name: string;
  /** Picks one hash of the family. */
  readonly seed: number;
}

/**
 * Divides one batch after another over peers, straight into memory reserved for each.
 *
 * Whoever routes writes `targets` and `counts`; then `plan`, `place` for every other peer that gets records, and `run`. Reusable; keeps
 * its buffers.
 */
export interface Scatter<B extends Batch> {
  /** Where the peer of each record of a batch is to be written; may be longer. Valid until `run`, or until it is asked for again. */
  targets(records: number): Uint32Array;
  /** Where the number of records of each peer is to be written. */
  readonly counts: Uint32Array;
  /** Writes the hashes of one column in place of targets, if it can; returns whether it did. */
  hash(batch: B, column: IntegerKey): boolean;
  /** Turns hashes that were written in place of targets into the workers that they route to, and counts those. */
  route(records: number): void;
  /** Starts on a batch whose targets and counts were written. */
  plan(batch: B): void;
  /** The exact bytes that the encoded records of a peer take. */
  byteLength(peer: number): number;
  /** Says where the encoded records of a peer go: `byteLength(peer)` bytes, for columns at a multiple of 8. */
  place(peer: number, bytes: Uint8Array, offset: number): void;
  /**
   * Writes every peer's records, in the batch's order, where `place` said, and returns those of `self` as a batch, or
   * undefined when there are none or `self` is left out. Throws when a peer with records has no place.
   */
  run(self?: number): B | undefined;
  /** In place of `place` and `run`: every peer's records as a batch, or undefined for a peer who gets none. */
  parts(): (B | undefined)[];
}

/** A scatter was run before it knew where to write. */
export function placeError(peer: number, count: number): Error {
  return new Error(`the ${count} records for worker ${peer} were given no place: call place() before run()`);
}
