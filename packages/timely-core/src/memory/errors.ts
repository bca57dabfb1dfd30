// The typed errors of the arena.

import { LimmatError } from "../errors.ts";

/** An allocator has no free run long enough for a block. */
export class OutOfMemoryError extends LimmatError {
  /** The bytes asked for. */
  readonly bytes: number;
  /** The bytes that this allocator has free in all. */
  readonly freeBytes: number;
  /** The longest run of them, in bytes. */
  readonly largestFreeBytes: number;

  constructor(allocator: number, bytes: number, freeBytes: number, largestFreeBytes: number, largestBytes: number) {
    super(
      "OUT_OF_MEMORY",
      `Allocator ${allocator} has no room for a block of ${bytes} bytes: ${freeBytes} are free, ${largestFreeBytes} in one piece. ` +
        (bytes > largestBytes
          ? `No slab holds a block of more than ${largestBytes}: raise the arena's slabBytes.`
          : "It has used its reserve: raise the arena's mostSlabsPerWorker, free blocks sooner, or spread state over more workers."),
    );
    this.bytes = bytes;
    this.freeBytes = freeBytes;
    this.largestFreeBytes = largestFreeBytes;
  }
}

/** A block was used or freed after it was freed; its memory may hold somebody else's data. */
export class StaleBlockError extends LimmatError {
  /** The number of the block's slab. */
  readonly slab: number;
  /** Where the block starts in it, in bytes. */
  readonly offset: number;
  /** The generation that the handle names. */
  readonly generation: number;
  /** The one that the memory has now. */
  readonly currentGeneration: number;

  constructor(slab: number, offset: number, generation: number, currentGeneration: number) {
    super(
      "STALE_BLOCK",
      `The block at ${offset} of slab ${slab} was used in generation ${generation} after it was freed (it is in ` +
        `generation ${currentGeneration} now): keep no handle past the free.`,
    );
    this.slab = slab;
    this.offset = offset;
    this.generation = generation;
    this.currentGeneration = currentGeneration;
  }
}

/** The arena was set up or used against its contract; always a programming error. */
export class ArenaError extends LimmatError {
  constructor(message: string) {
    super("ARENA", message);
  }
}
