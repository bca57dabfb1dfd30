// The segments of a hash-ordered table: where each lies, how large it is, and how it changes hands (engine rules 16 and 25).

import { type Arena, type Block, type BlockHandle, DecodeError } from "@limmat/timely-core";
import { StoreLimitError } from "./errors.ts";
import { hashWords } from "./integer-key.ts";
import type { RecordLayout } from "./record-layout.ts";
import type { Slabs } from "./slabs.ts";

/** Leading bits of the hash that name the segment. */
export const segmentBits = 12;
/** Bits of the hash that place a key: those of its segment, and 16 that say where in it the search for it starts. */
export const positionBits = 28;

const SEGMENTS = 2 ** segmentBits;
/** Every start of a search has a row of its own then; more rows would not spread the keys further. */
const MOST_ROWS = 2 ** (positionBits - segmentBits);
const LEAST_ROWS = 8;
const GROWTH = 1.5;
const GRANULE = 256;
/** The last bytes of a block say, while it is handed over, which segment it is and how many of its rows are taken. */
const TRAILER = 8;

/** The largest block of a table, in bytes. */
export function mostSegmentBytes(layout: RecordLayout): number {
  return blockBytes(MOST_ROWS, layout);
}

function blockBytes(rows: number, layout: RecordLayout): number {
  return Math.ceil((rows * layout.bytes + TRAILER) / GRANULE) * GRANULE;
}

/** How many of `capacity` rows may be taken: 4 in 5. */
function limitOf(capacity: number): number {
  return Math.floor((capacity * 4) / 5);
}

/** The least rows of which so many may be taken. */
function rowsFor(keys: number): number {
  return Math.ceil((keys * 5) / 4);
}

/** The segments of one table. A segment without a block has no rows, and a search in it ends at a row that is empty. */
export class HashSegments {
  /** The address of the first row of each. */
  readonly base = new Int32Array(SEGMENTS);
  /** The number of rows of each. */
  readonly capacity = new Int32Array(SEGMENTS);
  /** How many keys each takes in before it grows. */
  readonly room = new Int32Array(SEGMENTS);
  /** How often rows have moved to another block. */
  moves = 0;
  readonly layout: RecordLayout;
  readonly slabs: Slabs;
  /** Words from one row to the next. */
  readonly step: number;
  /** Whether keys have two words. */
  readonly isWide: boolean;
  /** Whether a narrow key has a sign. */
  readonly isSigned: boolean;
  readonly #arena: Arena;
  readonly #blocks: (Block | undefined)[] = new Array(SEGMENTS).fill(undefined);

  constructor(layout: RecordLayout, slabs: Slabs, arena: Arena, isWide: boolean, isSigned: boolean) {
    this.layout = layout;
    this.slabs = slabs;
    this.step = layout.stride * layout.unitWords;
    this.isWide = isWide;
    this.isSigned = isSigned;
    this.#arena = arena;
    // The rows of segments without a block: an empty one of segment 0, and one of all others.
    const nothing = new Int32Array(4 * Math.ceil(this.step / 2));
    nothing[this.step + layout.keyWord] = 1;
    slabs.addBuffer(nothing.buffer);
    this.base[0] = layout.stride;
  }

  /** How many keys a segment has. */
  taken(segment: number): number {
    return limitOf(this.capacity[segment] as number) - (this.room[segment] as number);
  }

  /** The words that hold a segment. */
  words(segment: number): Int32Array {
    return this.slabs.wordsOf(this.base[segment] as number);
  }

  /** Where among those its rows start. */
  start(segment: number): number {
    return this.slabs.wordOf(this.base[segment] as number);
  }

  /** The hash of the key at a word. */
  hashAt(words: Int32Array, key: number): number {
    const low = words[key] as number;
    if (this.isWide) return hashWords(low, words[key + 1] as number);
    return hashWords(low, this.isSigned && low < 0 ? -1 : 0);
  }

  /** Whether the key at a word is that of an empty row of the segment: 0, which belongs to segment 0, and there 1, which doesn't. */
  isEmptyAt(words: Int32Array, key: number, segment: number): boolean {
    return words[key] === (segment === 0 ? 1 : 0) && (!this.isWide || words[key + 1] === 0);
  }

  /** The row where the search for a key of this hash starts. */
  home(segment: number, hash: number): number {
    return Math.imul((hash >>> 4) & 0xffff, this.capacity[segment] as number) >>> 16;
  }

  /** The first empty row for a key of this hash. */
  emptyRow(segment: number, hash: number): number {
    const words = this.words(segment);
    const first = this.start(segment) + this.layout.keyWord;
    let row = this.home(segment, hash);
    while (!this.isEmptyAt(words, first + row * this.step, segment)) {
      if (++row === this.capacity[segment]) row = 0;
    }
    return row;
  }

  /** Empties a row. */
  clear(segment: number, row: number): void {
    const words = this.words(segment);
    const at = this.start(segment) + row * this.step;
    words.fill(0, at, at + this.step);
    if (segment === 0) words[at + this.layout.keyWord] = 1;
  }

  /** Makes room for one key more. Throws `StoreLimitError`, or an error of the arena; then nothing has changed. */
  grow(segment: number): void {
    const capacity = this.capacity[segment] as number;
    if (capacity === MOST_ROWS) {
      throw new StoreLimitError(
        `a 4096th of the hashes has ${limitOf(MOST_ROWS)} keys in this store, which is the most: about 200 million keys over ` +
          "all workers, if keys are many and differ",
      );
    }
    this.#resize(segment, Math.max(LEAST_ROWS, Math.ceil(capacity * GROWTH)));
  }

  /**
   * Makes room for so many keys in all, if they are known to come: keys that come in the order of their hashes would crowd the first rows of
   * a segment that grows with them. Throws as `grow` does.
   */
  reserve(segment: number, keys: number): void {
    const capacity = this.capacity[segment] as number;
    if (keys <= limitOf(capacity) || capacity === MOST_ROWS) return;
    const rows = Math.max(LEAST_ROWS, Math.ceil(capacity * GROWTH), rowsFor(keys));
    this.#resize(segment, Math.min(rows, MOST_ROWS));
  }

  /** Gives memory back where few rows are left. */
  shrink(segment: number): void {
    const taken = this.taken(segment);
    if (taken === 0) this.release(segment);
    else if (taken * 8 < (this.capacity[segment] as number)) this.#resize(segment, Math.max(LEAST_ROWS, taken * 2));
  }

  /** Forgets all keys of a segment. */
  release(segment: number): void {
    const block = this.#blocks[segment];
    if (block === undefined) return;
    this.#arena.free(block);
    this.#forget(segment);
  }

  /** Gives away the blocks of the segments in [from, to). */
  give(from: number, to: number): BlockHandle[] {
    const handles: BlockHandle[] = [];
    for (let segment = from; segment < to; segment++) {
      const block = this.#blocks[segment];
      if (block === undefined) continue;
      const trailer = (block.offset + block.length - TRAILER) / 4;
      const words = this.words(segment);
      words[trailer] = segment;
      words[trailer + 1] = this.taken(segment);
      const { slab, offset, length, generation } = block;
      handles.push({ slab, offset, length, generation });
      this.#forget(segment);
    }
    return handles;
  }

  /**
   * Takes over the blocks of segments in [from, to), which have none here; returns how many keys came. Throws `DecodeError` on a block
   * that is none of them; then nothing has changed.
   */
  take(from: number, to: number, handles: readonly BlockHandle[]): number {
    let keys = 0;
    const found = new Map<number, { block: Block; capacity: number; taken: number }>();
    for (const handle of handles) {
      const block = this.#arena.open(handle);
      const words = this.slabs.wordsOf(this.slabs.address(block));
      const trailer = (block.offset + block.length - TRAILER) / 4;
      const segment = words[trailer] as number;
      const taken = words[trailer + 1] as number;
      const capacity = this.#rows(block);
      if (!(segment >= from && segment < to) || found.has(segment) || !(taken >= 0 && taken <= limitOf(capacity)))
        throw new DecodeError(
          `a block of segment ${segment} with ${taken} keys is none of segments ${from} to ${to}`,
          block.offset,
        );
      found.set(segment, { block, capacity, taken });
    }
    for (const [segment, { block, capacity, taken }] of found) {
      this.#install(segment, block, capacity, taken);
      keys += taken;
    }
    return keys;
  }

  /** Rows that a block has room for. */
  #rows(block: Block): number {
    return Math.min(MOST_ROWS, Math.floor((block.length - TRAILER) / this.layout.bytes));
  }

  #install(segment: number, block: Block, capacity: number, taken: number): void {
    this.base[segment] = this.slabs.address(block);
    this.capacity[segment] = capacity;
    this.room[segment] = limitOf(capacity) - taken;
    this.#blocks[segment] = block;
  }

  #forget(segment: number): void {
    this.#blocks[segment] = undefined;
    this.base[segment] = segment === 0 ? this.layout.stride : 0;
    this.capacity[segment] = 0;
    this.room[segment] = 0;
  }

  /** Moves a segment to a block of at least so many rows. */
  #resize(segment: number, rows: number): void {
    const { layout, step } = this;
    const block = this.#arena.allocate(blockBytes(Math.min(rows, MOST_ROWS), layout));
    const address = this.slabs.address(block);
    const before = this.#blocks[segment];
    const source = this.words(segment);
    const from = this.start(segment);
    const rowsBefore = this.capacity[segment] as number;
    const taken = this.taken(segment);
    const capacity = this.#rows(block);
    const target = this.slabs.wordsOf(address);
    const to = this.slabs.wordOf(address);
    target.fill(0, to, to + capacity * step);
    if (segment === 0) for (let row = 0; row < capacity; row++) target[to + row * step + layout.keyWord] = 1;
    this.#install(segment, block, capacity, taken);
    for (let row = 0; row < rowsBefore; row++) {
      const at = from + row * step;
      const key = at + layout.keyWord;
      if (this.isEmptyAt(source, key, segment)) continue;
      const place = to + this.emptyRow(segment, this.hashAt(source, key)) * step;
      for (let word = 0; word < layout.words; word++) target[place + word] = source[at + word] as number;
    }
    if (before !== undefined) this.#arena.free(before);
    this.moves++;
  }
}
