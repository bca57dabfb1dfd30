// The pieces of a bin of a column store: runs of its entries, as they lie in memory.
//
// As words in the order of the machine: the mark, the number of words in all, the bin, then for each run its first entry, how many, the entries.

import { DecodeError } from "@limmat/timely-core";
import type { BinReader, BinWriter } from "./bin-store.ts";
import type { DirtyPages } from "./dirty-pages.ts";
import type { Slabs } from "./slabs.ts";
import { WordBuffer, wordsOf } from "./word-buffer.ts";

const MARK = 0x636f6c31;
const START = 3;
const HEADER = 2;

/** Where a bin lies. */
export interface ColumnBin {
  readonly bin: number;
  /** The address of its first entry. */
  readonly address: number;
  /** How many entries it has. */
  readonly entries: number;
  /** Words of an entry. */
  readonly words: number;
}

/** Reads the entries of a bin, or of the pages of it that are marked, which may change meanwhile. */
export class ColumnReader implements BinReader {
  readonly #slabs: Slabs;
  readonly #place: ColumnBin;
  readonly #pages: DirtyPages | undefined;
  readonly #out = new WordBuffer();
  #entry = 0;

  constructor(slabs: Slabs, place: ColumnBin, pages?: DirtyPages) {
    this.#slabs = slabs;
    this.#place = place;
    this.#pages = pages;
  }

  next(limit: number): Uint8Array | undefined {
    const out = this.#out;
    const { bin, address, entries, words } = this.#place;
    const source = this.#slabs.wordsOf(address);
    const first = this.#slabs.wordOf(address);
    out.length = 0;
    out.push(MARK);
    out.push(0);
    out.push(bin);
    for (;;) {
      const from = this.#pages?.nextMarked(this.#entry) ?? this.#entry;
      const left = Math.floor((limit / 4 - out.length - HEADER) / words);
      if (from >= entries || (out.length > START && left < 1)) break;
      const to = Math.min(this.#pages?.nextClean(from) ?? entries, from + Math.max(1, left));
      out.push(from);
      out.push(to - from);
      out.append(source, first + from * words, (to - from) * words);
      this.#entry = to;
    }
    out.words[1] = out.length;
    return out.length > START ? out.bytes : undefined;
  }
}

/** Puts pieces into a bin. */
export class ColumnWriter implements BinWriter {
  readonly #slabs: Slabs;
  readonly #place: ColumnBin;
  readonly #pages: () => DirtyPages | undefined;

  /** `pages` gives the marks of the bin while it is tracked. */
  constructor(slabs: Slabs, place: ColumnBin, pages: () => DirtyPages | undefined) {
    this.#slabs = slabs;
    this.#place = place;
    this.#pages = pages;
  }

  add(piece: Uint8Array): void {
    const from = wordsOf(piece);
    this.#check(from, piece.length);
    const { address, words } = this.#place;
    const to = this.#slabs.wordsOf(address);
    const first = this.#slabs.wordOf(address);
    const pages = this.#pages();
    for (let at = START; at < from.length; ) {
      const entry = from[at] as number;
      const count = from[at + 1] as number;
      at += HEADER;
      to.set(from.subarray(at, at + count * words), first + entry * words);
      pages?.markRange(entry, entry + count);
      at += count * words;
    }
  }

  /** Throws `DecodeError` unless these are pieces of such a bin: before anything is changed. */
  #check(from: Int32Array, bytes: number): void {
    const { bin, entries, words } = this.#place;
    if (bytes % 4 !== 0 || from[0] !== MARK || from[1] !== from.length)
      throw new DecodeError("a piece of a column store starts otherwise, or was cut", 0);
    if (from[2] !== bin) throw new DecodeError(`a piece of bin ${from[2]}, not ${bin}`, 8);
    for (let at = START; at < from.length; ) {
      const entry = from[at] as number;
      const count = from[at + 1] as number;
      if (!(entry >= 0 && count > 0 && entry + count <= entries))
        throw new DecodeError(`${count} entries from ${entry} on, where bin ${bin} has ${entries}`, at * 4);
      at += HEADER + count * words;
      if (at > from.length) throw new DecodeError(`${count} entries announced, fewer are left`, at * 4);
    }
  }
}
