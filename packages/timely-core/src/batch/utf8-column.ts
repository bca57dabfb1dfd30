// A column of text: UTF-8 bytes end to end and where each value starts, as in Apache Arrow's variable-size binary layout.

import { DecodeError, decodeUtf8, encodeUtf8, utf8Length } from "../codec/bytes.ts";

/** Text values; value i is the UTF-8 of `bytes[offsets[i], offsets[i + 1])`. */
export class Utf8Column {
  /** One more than values; ascending. The first need not be 0: a slice shares its whole's bytes. */
  readonly offsets: Uint32Array;
  /** The text of all values; may hold more than they use. */
  readonly bytes: Uint8Array;

  constructor(offsets: Uint32Array, bytes: Uint8Array) {
    this.offsets = offsets;
    this.bytes = bytes;
  }

  /** The value at `i`, a string of its own memory. Throws {@link DecodeError} when the offsets there are no range. */
  at(i: number): string {
    const from = this.offsets[i] as number;
    const to = this.offsets[i + 1] as number;
    if (!(from <= to && to <= this.bytes.length)) throw new DecodeError(`text ${i} has no range in its bytes`, from);
    return decodeUtf8(this.bytes, from, to);
  }

  /** UTF-8 bytes of the first `n` values. */
  byteLength(n: number): number {
    return (this.offsets[n] as number) - (this.offsets[0] as number);
  }
}

/** Grows a text column value by value. */
export class Utf8Appender {
  /** As in {@link Utf8Column}; values beyond those appended are undefined. */
  offsets: Uint32Array;
  /** The text of the values appended, and room for more. */
  bytes: Uint8Array;

  constructor(capacity: number, bytes: Uint8Array) {
    this.offsets = new Uint32Array(capacity + 1);
    this.bytes = bytes;
  }

  /** Makes `text` value `i`; values are appended in order. */
  append(i: number, text: string): void {
    const start = this.offsets[i] as number;
    // A code unit takes three bytes at most: usually there is that much room, and nothing need be counted.
    if (start + text.length * 3 > this.bytes.length) this.ensure(start + utf8Length(text));
    this.offsets[i + 1] = encodeUtf8(text, this.bytes, start);
  }

  /** Makes value `j` of another column value `i`. */
  appendFrom(i: number, from: Utf8Column, j: number): void {
    const first = from.offsets[j] as number;
    const last = from.offsets[j + 1] as number;
    const start = this.offsets[i] as number;
    const end = start + last - first;
    if (end > this.bytes.length) this.ensure(end);
    copyText(from.bytes, first, last, this.bytes, start);
    this.offsets[i + 1] = end;
  }

  /** Makes room for `capacity` values. */
  grow(capacity: number): void {
    const offsets = new Uint32Array(capacity + 1);
    offsets.set(this.offsets);
    this.offsets = offsets;
  }

  /** Makes room for so many bytes of text. */
  ensure(needed: number): void {
    if (needed <= this.bytes.length) return;
    if (needed > 0xffffffff) throw new RangeError(`${needed} bytes of text in one column: offsets end at 2^32 - 1`);
    const bytes = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    bytes.set(this.bytes);
    this.bytes = bytes;
  }
}

// Below this many bytes a loop is faster than making a view to copy from.
const SHORT_COPY = 64;

/** Copies `source[from, to)` to `target[at…]`. */
export function copyText(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): void {
  if (to - from < SHORT_COPY) {
    for (let i = from, j = at; i < to; i++, j++) target[j] = source[i] as number;
  } else {
    target.set(source.subarray(from, to), at);
  }
}
