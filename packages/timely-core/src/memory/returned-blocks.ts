// How a block that another thread freed comes back to its allocator: a list through the freed blocks themselves, which any thread adds
// to and the allocator takes whole (docs/adr/0020-returned-blocks.md). Nobody waits, nothing can be full, and nobody has to be awake.

import { ArenaError } from "./errors.ts";
import { GRANULE, GRANULE_WORDS, type OpenSlab } from "./slab.ts";

// The words of a block on the list. The number of a granule among those of its allocator stands for the block that starts there; 0 is
// none, since the first granules are bookkeeping.
const NEXT = 0;
const COUNT = 1;
const GENERATION = 2;

/** The head of an allocator's list: the word of granule 0, which no block needs, of its first slab. */
const HEAD = 0;

/**
 * Puts a freed block on its allocator's list, which `first`, that allocator's first slab, holds. Any thread may; from here on the memory
 * is the allocator's.
 */
export function giveBack(first: OpenSlab, slab: OpenSlab, granule: number, count: number): void {
  const { words } = slab;
  const at = granule * GRANULE_WORDS;
  const number = slab.firstGranule + granule;
  words[at + COUNT] = count;
  words[at + GENERATION] = words[granule] as number;
  let next = Atomics.load(first.words, HEAD);
  for (;;) {
    words[at + NEXT] = next;
    // The list is only ever taken whole, so a head that is the same again is followed by the same blocks.
    const found = Atomics.compareExchange(first.words, HEAD, next, number);
    if (found === next) return;
    next = found;
  }
}

/** Whether the list of the allocator with these slabs has blocks. One atomic load. */
export function hasReturned(own: readonly OpenSlab[]): boolean {
  return Atomics.load((own[0] as OpenSlab).words, HEAD) !== 0;
}

/**
 * Takes all blocks from the list of the allocator with these slabs, and releases their granules. O(blocks).
 * @throws ArenaError when a freed block was written to, so that the list can't be trusted any more.
 */
export function takeReturned(
  own: readonly OpenSlab[],
  slabGranules: number,
  release: (granule: number, count: number) => void,
): void {
  let number = Atomics.exchange((own[0] as OpenSlab).words, HEAD, 0);
  while (number !== 0) {
    const slab = own[Math.floor(number / slabGranules)];
    const granule = number % slabGranules;
    const at = granule * GRANULE_WORDS;
    const count = slab?.words[at + COUNT] ?? 0;
    const generation = slab?.words[granule] as number;
    if (
      slab === undefined ||
      slab.words[at + GENERATION] !== generation ||
      generation % 2 !== 0 ||
      !(count > 0 && granule + count <= slabGranules)
    ) {
      throw new ArenaError(
        `The block at ${granule * GRANULE} of slab ${slab?.id ?? "?"}, or one returned just after it, was written to after it ` +
          "was freed: keep no view of a block past its free.",
      );
    }
    const next = slab.words[at + NEXT] as number;
    release(number, count);
    number = next;
  }
}
