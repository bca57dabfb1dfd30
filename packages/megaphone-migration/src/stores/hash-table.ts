// One open-addressing table in the order of the hash, for any number of bins (engine rule 25): the top 12 bits of a key's hash name a
// segment, which grows by itself, so that no insertion waits for more than that; the next 16 where in it the search starts. Linear
// probing, with backward shifts on removal (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).

import type { BlockHandle } from "@limmat/timely-core";
import { binOf } from "../bins/index.ts";
import { AbsentBinError, StoreLimitError } from "./errors.ts";
import { HashSegments, mostSegmentBytes, positionBits, segmentBits } from "./hash-segments.ts";
import { hashWords, highWord, type IntegerKeyType, keyOfWords } from "./integer-key.ts";
import type { PresentBins } from "./present-bins.ts";
import type { RecordLayout } from "./record-layout.ts";
import { privateArena, type Slabs } from "./slabs.ts";
import type { WordBuffer } from "./word-buffer.ts";

/**
 * A table of integer keys. An entry is named by its slot, the address of its row, which holds until a segment grows or shrinks or a key is
 * removed. Parts of the table are ranges of positions: a position is the first 28 bits of a hash.
 */
export class HashTable {
  /** The segments. */
  readonly segments: HashSegments;
  /** How many keys each bin has. */
  readonly counts: Uint32Array;
  /** How many keys there are. */
  size = 0;
  readonly #bins: PresentBins;
  readonly #bits: number;
  readonly #slabs: Slabs;
  readonly #keyType: IntegerKeyType;
  readonly #base: Int32Array;
  readonly #capacity: Int32Array;
  readonly #isSigned: boolean;
  readonly #isWide: boolean;
  readonly #stride: number;
  readonly #step: number;
  readonly #scale: number;
  readonly #keyWord: number;
  // What the last search that found nothing was for, and the row where it ended.
  #low = 0;
  #high = 0;
  #hash = 0;
  #row = 0;

  constructor(layout: RecordLayout, keyType: IntegerKeyType, bins: PresentBins, slabs: Slabs) {
    const { place } = bins;
    const arena = place.arena ?? privateArena(mostSegmentBytes(layout));
    this.segments = new HashSegments(layout, slabs, arena, keyType === "f64", keyType === "i32");
    this.counts = new Uint32Array(place.bins.count);
    this.#bins = bins;
    this.#bits = place.bins.bits;
    this.#slabs = slabs;
    this.#keyType = keyType;
    this.#base = this.segments.base;
    this.#capacity = this.segments.capacity;
    this.#isSigned = this.segments.isSigned;
    this.#isWide = this.segments.isWide;
    this.#stride = layout.stride;
    this.#step = this.segments.step;
    this.#scale = layout.unitWords - 1;
    this.#keyWord = layout.keyWord;
  }

  /** The slot of a key, or -1. */
  find(key: number): number {
    const low = key | 0;
    let high = 0;
    if (low >>> 0 !== key || (low < 0 && this.#isSigned)) high = highWord(key, this.#keyType);
    const hash = hashWords(low, high);
    const segment = hash >>> 20;
    const capacity = this.#capacity[segment] as number;
    const base = this.#base[segment] as number;
    const slabs = this.#slabs;
    const words = slabs.i32[base >>> slabs.shift] as Int32Array;
    const first = ((base & slabs.mask) << this.#scale) + this.#keyWord;
    const step = this.#step;
    const isWide = this.#isWide;
    const empty = segment === 0 ? 1 : 0;
    let row = Math.imul((hash >>> 4) & 0xffff, capacity) >>> 16;
    let at = first + Math.imul(row, step);
    for (;;) {
      const word = words[at] as number;
      if (word === low && (!isWide || words[at + 1] === high)) return base + Math.imul(row, this.#stride);
      if (word === empty && (!isWide || words[at + 1] === 0)) break;
      if (++row === capacity) {
        row = 0;
        at = first;
      } else {
        at += step;
      }
    }
    this.#low = low;
    this.#high = high;
    this.#hash = hash;
    this.#row = row;
    return -1;
  }

  /** The bin of the key that was not found just now; throws `AbsentBinError` unless it is here. */
  missedBin(): number {
    const bin = binOf(this.#hash, this.#bits);
    if (!this.#bins.has(bin)) throw new AbsentBinError(bin, this.#bins.place.worker);
    return bin;
  }

  /** Gives the key that was not found just now a row of zeros; returns its slot. Throws as `missedBin` and `HashSegments.grow` do. */
  insertMissed(): number {
    const bin = this.missedBin();
    const { segments } = this;
    const segment = this.#hash >>> 20;
    if (segments.room[segment] === 0) {
      segments.grow(segment);
      this.#row = segments.emptyRow(segment, this.#hash);
    }
    segments.room[segment] = (segments.room[segment] as number) - 1;
    this.counts[bin] = (this.counts[bin] as number) + 1;
    this.size++;
    const words = segments.words(segment);
    const at = segments.start(segment) + this.#row * this.#step + this.#keyWord;
    words[at] = this.#low;
    if (this.#isWide) words[at + 1] = this.#high;
    return (this.#base[segment] as number) + this.#row * this.#stride;
  }

  /** Writes an entry that lies in words from `at` on, in the place of one of the same key. */
  put(source: Int32Array, at: number): void {
    const { layout } = this.segments;
    const high = this.#isWide ? (source[at + this.#keyWord + 1] as number) : 0;
    let slot = this.find(keyOfWords(source[at + this.#keyWord] as number, high, this.#keyType));
    if (slot < 0) slot = this.insertMissed();
    const words = this.#slabs.wordsOf(slot);
    const to = this.#slabs.wordOf(slot);
    for (let word = 0; word < layout.words; word++) words[to + word] = source[at + word] as number;
  }

  /** Calls `visit` with the slot of each key of a bin; keys must neither come nor go meanwhile. */
  forEach(bin: number, visit: (slot: number, key: number) => void): void {
    const { from, to } = positionsOf(bin, this.#bits);
    for (let at = from; at < to; ) {
      const segment = at >>> 16;
      const end = Math.min(to, (segment + 1) * 65536);
      const base = this.#base[segment] as number;
      this.#scan(segment, at, end, (row) => {
        const slot = base + row * this.#stride;
        visit(slot, this.keyOf(slot));
        return false;
      });
      at = end;
    }
  }

  /** Removes the key in a slot. */
  remove(slot: number): void {
    const hash = this.hashOf(slot);
    const segment = hash >>> 20;
    this.#removeRow(segment, (slot - (this.#base[segment] as number)) / this.#stride);
    this.segments.shrink(segment);
  }

  /** The key in a slot. */
  keyOf(slot: number): number {
    const words = this.#slabs.wordsOf(slot);
    const at = this.#slabs.wordOf(slot) + this.#keyWord;
    return keyOfWords(words[at] as number, this.#isWide ? (words[at + 1] as number) : 0, this.#keyType);
  }

  /** The hash of the key in a slot. */
  hashOf(slot: number): number {
    const words = this.#slabs.wordsOf(slot);
    return this.segments.hashAt(words, this.#slabs.wordOf(slot) + this.#keyWord);
  }

  /**
   * Appends the rows of about `most` entries at positions from `from` on and before `to`, whole positions only; returns the position up to
   * which that is all. Looks at no other segment than that of `from`.
   */
  collect(from: number, to: number, most: number, out: WordBuffer): number {
    const { segments } = this;
    const segment = from >>> 16;
    const capacity = this.#capacity[segment] as number;
    const end = Math.min(to, (segment + 1) * 65536);
    if (capacity === 0) return end;
    const home = segments.home(segment, from * 16);
    const until = Math.min(end, segment * 65536 + Math.ceil((Math.min(capacity, home + most) * 65536) / capacity));
    const words = segments.words(segment);
    const first = segments.start(segment);
    const { layout } = segments;
    this.#scan(segment, from, until, (row) => {
      const at = first + row * this.#step;
      out.append(words, at, layout.words);
      return false;
    });
    return until;
  }

  /** Removes all entries at positions from `from` on and before `to`. Blocks that get empty are given back. */
  removeRange(from: number, to: number): void {
    for (let at = from; at < to; ) {
      const segment = at >>> 16;
      const end = Math.min(to, (segment + 1) * 65536);
      this.#scan(segment, at, end, (row) => {
        this.#removeRow(segment, row);
        return true;
      });
      this.segments.shrink(segment);
      at = end;
    }
  }

  /** Whether the memory of a bin is its own. */
  get ownsBlocks(): boolean {
    return this.#bits <= segmentBits;
  }

  /** Removes all entries of a bin. */
  drop(bin: number): void {
    if (!this.ownsBlocks) {
      const { from, to } = positionsOf(bin, this.#bits);
      this.removeRange(from, to);
      return;
    }
    const width = 1 << (segmentBits - this.#bits);
    for (let segment = bin * width; segment < (bin + 1) * width; segment++) this.segments.release(segment);
    this.size -= this.counts[bin] as number;
    this.counts[bin] = 0;
  }

  /** Gives away the blocks of a bin that has its own. */
  give(bin: number): BlockHandle[] {
    const width = 1 << (segmentBits - this.#bits);
    this.size -= this.counts[bin] as number;
    this.counts[bin] = 0;
    return this.segments.give(bin * width, (bin + 1) * width);
  }

  /** Takes over the blocks of a bin. Throws `DecodeError` on blocks of another. */
  take(bin: number, blocks: readonly BlockHandle[]): void {
    if (!this.ownsBlocks) throw new StoreLimitError(`bins of ${this.#bits} bits have no blocks of their own`);
    const width = 1 << (segmentBits - this.#bits);
    const taken = this.segments.take(bin * width, (bin + 1) * width, blocks);
    this.counts[bin] = taken;
    this.size += taken;
  }

  /** Calls `visit` with each row that a range of positions in one segment has; it returns whether it removed that row. */
  #scan(segment: number, from: number, to: number, visit: (row: number) => boolean): void {
    const { segments } = this;
    const capacity = this.#capacity[segment] as number;
    if (capacity === 0 || from >= to) return;
    const words = segments.words(segment);
    const first = segments.start(segment) + this.#keyWord;
    const home = segments.home(segment, from * 16);
    const last = segments.home(segment, (to - 1) * 16) - home;
    let row = home;
    // A key lies at its home or after it with no empty row between, round the end.
    for (let distance = 0; distance < capacity; ) {
      const key = first + row * this.#step;
      if (segments.isEmptyAt(words, key, segment)) {
        if (distance >= last) break;
      } else {
        const position = segments.hashAt(words, key) >>> 4;
        if (position >= from && position < to && visit(row)) continue; // what follows may have moved here
      }
      distance++;
      if (++row === capacity) row = 0;
    }
  }

  #removeRow(segment: number, row: number): void {
    const { segments } = this;
    const capacity = this.#capacity[segment] as number;
    const words = segments.words(segment);
    const first = segments.start(segment);
    const bin = binOf(segments.hashAt(words, first + row * this.#step + this.#keyWord), this.#bits);
    this.counts[bin] = (this.counts[bin] as number) - 1;
    this.size--;
    segments.room[segment] = (segments.room[segment] as number) + 1;
    let hole = row;
    for (let next = row; ; ) {
      if (++next === capacity) next = 0;
      const at = first + next * this.#step;
      const key = at + this.#keyWord;
      if (segments.isEmptyAt(words, key, segment)) break;
      const home = segments.home(segment, segments.hashAt(words, key));
      // It may move to the hole unless its home lies after the hole, on the way round to it.
      const stays = hole < next ? home > hole && home <= next : home > hole || home <= next;
      if (stays) continue;
      words.copyWithin(first + hole * this.#step, at, at + this.#step);
      hole = next;
    }
    segments.clear(segment, hole);
  }
}

/** The positions of a bin: from the first one to one past the last. */
export function positionsOf(bin: number, bits: number): { readonly from: number; readonly to: number } {
  const width = 2 ** (positionBits - bits);
  return { from: bin * width, to: (bin + 1) * width };
}
