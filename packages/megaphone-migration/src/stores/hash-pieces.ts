// The pieces of a bin of a hash-ordered table: ranges of positions, each with all entries that it has. A range replaces what its reader
// had there, so that snapshots and changes are one format, and removals need no word of their own.
//
// As words in the order of the machine: the mark, the number of words in all, then for each range its first position, its end, the number of entries, the entries.

import { DecodeError } from "@limmat/timely-core";
import type { BinReader, BinWriter } from "./bin-store.ts";
import type { DirtyPages } from "./dirty-pages.ts";
import { type HashTable, positionsOf } from "./hash-table.ts";
import { WordBuffer, wordsOf } from "./word-buffer.ts";

const MARK = 0x68736831;
const START = 2;
const HEADER = 3;
/** Entries of a range from which its density is taken for that of the bin. */
const LEAST_KNOWN = 32;

/** Reads the entries of a bin, or of the pages of it that are marked, in the order of positions. The table may change meanwhile. */
export class HashReader implements BinReader {
  readonly #table: HashTable;
  readonly #end: number;
  readonly #pages: DirtyPages | undefined;
  readonly #out = new WordBuffer();
  #position: number;

  constructor(table: HashTable, bin: number, bits: number, pages?: DirtyPages) {
    const { from, to } = positionsOf(bin, bits);
    this.#table = table;
    this.#position = from;
    this.#end = to;
    this.#pages = pages;
  }

  next(limit: number): Uint8Array | undefined {
    const out = this.#out;
    const entry = this.#table.segments.layout.words;
    out.length = 0;
    out.push(MARK);
    out.push(0);
    let header = 0;
    let entries = 0;
    for (;;) {
      const from = this.#pages?.nextMarked(this.#position) ?? this.#position;
      if (from >= this.#end) {
        this.#position = this.#end;
        break;
      }
      const to = this.#pages?.nextClean(from) ?? this.#end;
      const left = limit / 4 - out.length - HEADER;
      // Ranges without entries are news only where something may have been removed.
      const isNews = entries > 0 || (header > 0 && this.#pages !== undefined);
      if (isNews && (left < entry || left * 32 < limit)) break;
      if (header === 0 || out.words[header + 1] !== from) {
        header = out.length;
        out.push(from);
        out.push(from);
        out.push(0);
      }
      const before = out.length;
      const until = this.#table.collect(from, to, Math.max(1, Math.floor(left / entry)), out);
      const count = (out.length - before) / entry;
      out.words[header + 1] = until;
      out.words[header + 2] = (out.words[header + 2] as number) + count;
      entries += count;
      this.#position = until;
    }
    out.words[1] = out.length;
    return entries > 0 || (header > 0 && this.#pages !== undefined) ? out.bytes : undefined;
  }
}

/** Puts pieces into a bin. */
export class HashWriter implements BinWriter {
  readonly #table: HashTable;
  readonly #from: number;
  readonly #to: number;
  readonly #bin: number;
  readonly #pages: () => DirtyPages | undefined;

  /** `pages` gives the marks of the bin while it is tracked. */
  constructor(table: HashTable, bin: number, bits: number, pages: () => DirtyPages | undefined) {
    const { from, to } = positionsOf(bin, bits);
    this.#table = table;
    this.#bin = bin;
    this.#from = from;
    this.#to = to;
    this.#pages = pages;
  }

  add(piece: Uint8Array): void {
    const words = wordsOf(piece);
    this.#check(words, piece.length);
    const table = this.#table;
    const entry = table.segments.layout.words;
    for (let at = START; at < words.length; ) {
      const from = words[at] as number;
      const to = words[at + 1] as number;
      const end = at + HEADER + (words[at + 2] as number) * entry;
      if ((table.counts[this.#bin] as number) > 0) table.removeRange(from, to);
      this.#reserve(from, to, words[at + 2] as number);
      for (at += HEADER; at < end; at += entry) table.put(words, at);
      this.#pages()?.markRange(from, to);
    }
  }

  /** Makes room in the segments of a range for what the rest of the bin has there, if that is as dense as the range. */
  #reserve(from: number, to: number, count: number): void {
    if (count < LEAST_KNOWN) return;
    const { segments } = this.#table;
    const density = count / (to - from);
    for (let segment = from >>> 16; segment <= (to - 1) >>> 16; segment++) {
      const ours = Math.min(this.#to, (segment + 1) * 65536) - Math.max(this.#from, segment * 65536);
      const expected = Math.ceil(density * ours);
      // Changes to what is there already say little of how much there is in all.
      if (segments.taken(segment) < expected / 2) segments.reserve(segment, segments.taken(segment) + expected);
    }
  }

  /** Throws `DecodeError` unless these are pieces of the bin: before anything is changed. */
  #check(words: Int32Array, bytes: number): void {
    if (bytes % 4 !== 0 || words[0] !== MARK || words[1] !== words.length)
      throw new DecodeError("a piece of a hash store starts otherwise, or was cut", 0);
    const { segments } = this.#table;
    const entry = segments.layout.words;
    let least = this.#from;
    for (let at = START; at < words.length; ) {
      const from = words[at] as number;
      const to = words[at + 1] as number;
      const count = words[at + 2] as number;
      const end = at + HEADER + count * entry;
      if (!(from >= least && from < to && to <= this.#to))
        throw new DecodeError(
          `a range from ${from} to ${to} is not inside ${least} to ${this.#to}, as bin ${this.#bin} is`,
          at * 4,
        );
      if (!(count >= 0 && end <= words.length))
        throw new DecodeError(`${count} entries announced, ${words.length - at} words left`, at * 4);
      for (at += HEADER; at < end; at += entry) {
        const key = at + segments.layout.keyWord;
        const position = segments.hashAt(words, key) >>> 4;
        if (!(position >= from && position < to))
          throw new DecodeError(
            `a key of bin ${this.#bin} is at position ${position}, not from ${from} to ${to}`,
            key * 4,
          );
        const high = segments.isWide ? (words[key + 1] as number) : 0;
        if (high < -2097152 || high > 2097151 || (high === -2097152 && words[key] === 0))
          throw new DecodeError("a key is no safe integer", key * 4);
      }
      least = to;
    }
  }
}
