// What an operator keeps its bins in, as migration sees it: bins that can be read and written in pieces, handed over as they lie in
// shared memory, and watched for changes while a copy of them is under way (engine rules 16, 24 and 25).

import type { Arena, BlockHandle } from "@limmat/timely-core";
import type { Bins } from "../bins/index.ts";

/** Where a store is: given to `open`. */
export interface StorePlace {
  /** The bins of the operator. */
  readonly bins: Bins;
  /** The worker's number, for errors. */
  readonly worker: number;
  /** The worker's part of the memory that the workers of its process share, if the run has any. */
  readonly arena: Arena | undefined;
}

/** Reads a bin in pieces. */
export interface BinReader {
  /**
   * The next piece, of at most about `limit` bytes (one entry may be longer), or undefined after the last. Valid until the next call.
   */
  next(limit: number): Uint8Array | undefined;
}

/** Fills a bin from the pieces that the reader of an equal store gave, in their order. */
export interface BinWriter {
  /** Takes in one piece: entries that are there already are overwritten. Throws `DecodeError` on bytes that are none. */
  add(piece: Uint8Array): void;
}

/**
 * The state of an operator's bins on one worker.
 *
 * User code reads and changes the state by a store's own methods; the operator that hosts it calls these. A bin that is not
 * here has been given away, or was never here.
 */
export interface BinStore {
  /** Names the form of its pieces and blocks: workers, and checkpoints, must agree on it. */
  readonly schema: string;
  /** Prepares for the bins of an operator. Called once, before anything else. */
  open(place: StorePlace): void;
  /** Makes an empty bin here. */
  create(bin: number): void;
  /** Whether the bin is here. */
  has(bin: number): boolean;
  /** About how many bytes the pieces of the bin have: for plans and budgets. O(1). */
  bytes(bin: number): number;
  /**
   * Reads a bin that is here. While it is tracked it may change under the reader: then these pieces, and those of `changes` after them,
   * give its state. Else it must not change until the reader is done.
   */
  read(bin: number): BinReader;
  /** Fills a bin that is here. */
  write(bin: number): BinWriter;
  /** Forgets a bin that is here. */
  drop(bin: number): void;
  /** Whether the memory of a bin that is here can be given away as it lies: blocks of its own, in an arena that others may share. O(1). */
  hasBlocks(bin: number): boolean;
  /**
   * Gives away the memory of a bin that `hasBlocks`, as it lies, for the store of another worker of this process to `take`; the bin is not
   * here any more. O(blocks), whatever is in them. Throws `StoreError` where there are none.
   */
  give(bin: number): readonly BlockHandle[];
  /** Takes over the memory of a bin that is not here. */
  take(bin: number, blocks: readonly BlockHandle[]): void;
  /** Notes from now on what changes in a bin. */
  track(bin: number): void;
  /** Reads what changed in a bin since `track`, removals included, and stops tracking it. The bin must not change meanwhile. */
  changes(bin: number): BinReader;
}
