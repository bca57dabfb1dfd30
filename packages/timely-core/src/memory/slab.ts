// Slabs: the fixed lengths of memory that an arena consists of. Each begins with a word per granule, the generation of the block that
// starts there; the words of the granules they take up themselves are free for other uses.

import { ArenaError } from "./errors.ts";

/** The unit of allocation and the alignment of every block, in bytes. */
export const GRANULE = 256;
/** The u32 words of a granule. */
export const GRANULE_WORDS = GRANULE / 4;
const MOST_BYTES = 2 ** 30;
/** The u32 words of a page of memory. */
const PAGE_WORDS = 1024;

/** A slab as it is posted: its number, which tells its process and its allocator, and its memory. */
export interface Slab {
  /** Its number. */
  readonly id: number;
  /** Its memory, its allocator's bookkeeping first. */
  readonly buffer: ArrayBufferLike;
}

/** A slab as a thread sees it. */
export interface OpenSlab extends Slab {
  /** The whole of it: at the index of a granule the generation of the block that starts there, odd while it lives. */
  readonly words: Uint32Array;
  /** The number of its first granule among those of its allocator. */
  readonly firstGranule: number;
  /** Whether this thread allocates from it. */
  readonly isOwn: boolean;
}

/** The granules that a block of so many bytes takes. */
export function granulesOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / GRANULE));
}

/** The granules of a slab that its bookkeeping takes. */
export function reservedGranules(slabBytes: number): number {
  return slabBytes / GRANULE / GRANULE_WORDS;
}

/** Throws an `ArenaError` unless a slab can have that size. */
export function checkSlabBytes(bytes: number): void {
  if (Number.isInteger(bytes / 2 ** 16) && bytes > 0 && bytes <= MOST_BYTES) return;
  throw new ArenaError(`A slab holds a multiple of 65536 bytes up to ${MOST_BYTES}, not ${bytes}.`);
}

/**
 * Makes the memory of a slab. The platform gives its pages when they are first written to.
 * @throws ArenaError when the platform has not so much to give.
 */
export function createSlab(bytes: number, shared: boolean): ArrayBufferLike {
  const isShared = shared && typeof SharedArrayBuffer !== "undefined";
  try {
    return isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  } catch (error) {
    throw new ArenaError(
      `The machine refused a slab of ${bytes} bytes (${error instanceof Error ? error.message : String(error)}): ask ` +
        "for fewer or smaller slabs. Slabs in reserve count, where the machine promises no more memory than it has.",
    );
  }
}

/** Writes to every page of a slab that nothing was allocated from yet, so that later steps don't wait for the pages. */
export function touch(slab: OpenSlab): void {
  const { words } = slab;
  for (let at = 0; at < words.length; at += PAGE_WORDS) words[at] = 0;
}
