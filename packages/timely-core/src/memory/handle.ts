// What names a block to any thread of its process: four words, which go through rings, in records or by themselves (engine rule 16).

/** What names a block to any thread of the process: plain numbers, each a u32. */
export interface BlockHandle {
  /** The number of its slab, which also tells the process. */
  readonly slab: number;
  /** Where the block starts in its slab, in bytes. */
  readonly offset: number;
  /** The bytes asked for. */
  readonly length: number;
  /** Odd; the arena has noted the same number for the place while the block lives. */
  readonly generation: number;
}

/** The number of u32 words of a handle. */
export const HANDLE_WORDS = 4;

/** Writes a handle into words from `at` on, to be sent to another thread. */
export function writeHandle(handle: BlockHandle, words: Uint32Array, at: number): void {
  words[at] = handle.slab;
  words[at + 1] = handle.offset;
  words[at + 2] = handle.length;
  words[at + 3] = handle.generation;
}

/** Reads a handle that `writeHandle` wrote. */
export function readHandle(words: Uint32Array, at: number): BlockHandle {
  return {
    slab: words[at] as number,
    offset: words[at + 1] as number,
    length: words[at + 2] as number,
    generation: words[at + 3] as number,
  };
}
