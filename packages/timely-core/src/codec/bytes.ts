// Growable little-endian writing and bounds-checked reading of bytes: the ground that every codec of the engine stands
// on. Integers are LEB128 so that small ones take one byte; nothing here needs a platform beyond ECMAScript.

import { LimmatError } from "../errors.ts";

/** Bytes that are not what the reader was told to expect: cut short, out of range or malformed. */
export class DecodeError extends LimmatError {
  /** Where in the reader's bytes it went wrong. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super("DECODE", `${message} at byte ${offset}`);
    this.offset = offset;
  }
}

/** A value that can't be written; `path` says which part of it, `$` being the whole (`$.a[3].b`). */
export class EncodeError extends LimmatError {
  /** What was wrong, without the path. */
  readonly problem: string;
  /** The field that can't be written, from the root `$`. */
  readonly path: string;

  constructor(problem: string, path = "$") {
    super("ENCODE", `${path}: ${problem}`);
    this.problem = problem;
    this.path = path;
  }
}

const TWO_32 = 4294967296;

// One shared pair of views turns a number into its eight bytes; a DataView per growth would cost more.
const scratchFloat = new Float64Array(1);
const scratchBytes = new Uint8Array(scratchFloat.buffer);
scratchFloat[0] = 1;
const LITTLE_ENDIAN_HOST = scratchBytes[7] === 0x3f;

/** The byte order of this machine's typed arrays, "le" or "be"; what is sent as raw memory says so in its fingerprint. */
export const BYTE_ORDER = LITTLE_ENDIAN_HOST ? "le" : "be";

// Beyond these lengths the platform's converters beat a loop in JavaScript.
const SHORT_TEXT = 48;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Writes little-endian values into bytes that grow by doubling.
 *
 * `bytes` is replaced when it grows: read it anew after writing. Amortised O(1) a byte; allocates only on growth.
 */
export class ByteWriter {
  /** The memory written to; only `[0, position)` holds data. */
  bytes: Uint8Array;
  /** Where the next value goes. */
  position: number;

  constructor(capacity = 64) {
    this.bytes = new Uint8Array(Math.max(8, capacity));
    this.position = 0;
  }

  /** Makes room for `n` more bytes. */
  ensure(n: number): void {
    const needed = this.position + n;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, this.position));
      this.bytes = grown;
    }
  }

  /** Forgets what was written; keeps the memory. */
  reset(): void {
    this.position = 0;
  }

  /** A view of what was written, valid until the next write or `reset`. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.position);
  }

  /** The low 8 bits of `v`. */
  u8(v: number): void {
    if (this.position >= this.bytes.length) this.ensure(1);
    this.bytes[this.position++] = v;
  }

  /** The low 16 bits of `v`. */
  u16(v: number): void {
    this.ensure(2);
    const { bytes, position } = this;
    bytes[position] = v;
    bytes[position + 1] = v >>> 8;
    this.position = position + 2;
  }

  /** The low 32 bits of `v`. */
  u32(v: number): void {
    this.ensure(4);
    const { bytes, position } = this;
    bytes[position] = v;
    bytes[position + 1] = v >>> 8;
    bytes[position + 2] = v >>> 16;
    bytes[position + 3] = v >>> 24;
    this.position = position + 4;
  }

  /** A signed 32-bit integer, two's complement. */
  i32(v: number): void {
    this.u32(v);
  }

  /** A non-negative safe integer as LEB128, 1 to 8 bytes; throws {@link EncodeError} on anything else. */
  varint(v: number): void {
    if (v < 0x80 && v >= 0 && Number.isInteger(v)) {
      if (this.position >= this.bytes.length) this.ensure(1);
      this.bytes[this.position++] = v;
      return;
    }
    if (!Number.isSafeInteger(v) || v < 0) throw new EncodeError(`${v} is not a non-negative safe integer`);
    this.ensure(8);
    this.longVarint(v);
  }

  private longVarint(value: number): void {
    const bytes = this.bytes;
    let position = this.position;
    let v = value;
    while (v >= TWO_32) {
      bytes[position++] = (v % 128) | 0x80;
      v = Math.floor(v / 128);
    }
    let low = v >>> 0;
    while (low >= 0x80) {
      bytes[position++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    bytes[position++] = low;
    this.position = position;
  }

  /**
   * A safe integer of either sign, small magnitudes short: 0, -1, 1, -2 become 0, 1, 2, 3. -0 becomes 0.
   * Throws {@link EncodeError} on anything else.
   */
  zigzag(v: number): void {
    if (v < 1073741824 && v >= -1073741824 && Number.isInteger(v)) {
      const small = ((v << 1) ^ (v >> 31)) >>> 0;
      if (small < 0x80) {
        if (this.position >= this.bytes.length) this.ensure(1);
        this.bytes[this.position++] = small;
      } else {
        this.ensure(8);
        this.longVarint(small);
      }
      return;
    }
    if (!Number.isSafeInteger(v)) throw new EncodeError(`${v} is not a safe integer`);
    // Doubling would leave the safe integers, so the sign goes into the first byte with six bits of magnitude.
    this.ensure(9);
    const magnitude = v < 0 ? -(v + 1) : v;
    this.bytes[this.position++] = ((magnitude % 64) << 1) | (v < 0 ? 1 : 0) | 0x80;
    this.longVarint(Math.floor(magnitude / 64));
  }

  /** An IEEE 754 double, bit for bit but for NaN, which is written as the one quiet NaN. */
  f64(v: number): void {
    this.ensure(8);
    scratchFloat[0] = Number.isNaN(v) ? NaN : v;
    const { bytes, position } = this;
    if (LITTLE_ENDIAN_HOST) for (let i = 0; i < 8; i++) bytes[position + i] = scratchBytes[i] as number;
    else for (let i = 0; i < 8; i++) bytes[position + i] = scratchBytes[7 - i] as number;
    this.position = position + 8;
  }

  /** A string as a varint byte length and UTF-8; a lone surrogate becomes U+FFFD. */
  utf8(s: string): void {
    const units = s.length;
    if (units <= SHORT_TEXT) {
      this.ensure(units + 1);
      const { bytes, position } = this;
      let i = 0;
      for (; i < units; i++) {
        const unit = s.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[position + 1 + i] = unit;
      }
      if (i === units) {
        bytes[position] = units;
        this.position = position + 1 + units;
        return;
      }
    }
    const length = utf8Length(s);
    this.varint(length);
    this.ensure(length);
    encodeUtf8(s, this.bytes, this.position);
    this.position += length;
  }

  /** The bytes themselves, without a length. */
  raw(bytes: Uint8Array): void {
    this.ensure(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** Zero bytes up to the next multiple of `n` from the start of `bytes`. */
  align(n: number): void {
    const gap = (n - (this.position % n)) % n;
    this.ensure(gap);
    this.bytes.fill(0, this.position, this.position + gap);
    this.position += gap;
  }
}

/**
 * Reads what {@link ByteWriter} wrote from `bytes[position, end)`.
 *
 * Every read is checked: past the end, or a malformed value, throws {@link DecodeError}. Views returned by `raw` share
 * the memory; strings never do.
 */
export class ByteReader {
  /** The memory that is read. */
  readonly bytes: Uint8Array;
  /** Where the next value is read. */
  position: number;
  /** One past the last byte that may be read. */
  readonly end: number;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    if (!(position >= 0 && position <= end && end <= bytes.length)) {
      throw new DecodeError(`the range ${position}..${end} is not inside ${bytes.length} bytes`, position);
    }
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** True when nothing is left to read. */
  get done(): boolean {
    return this.position >= this.end;
  }

  /** Claims `n` bytes and returns where they start. */
  private claim(n: number): number {
    const start = this.position;
    if (!(n >= 0 && n <= this.end - start)) throw new DecodeError(`${n} bytes wanted, ${this.end - start} left`, start);
    this.position = start + n;
    return start;
  }

  /** An unsigned byte. */
  u8(): number {
    const position = this.position;
    if (position >= this.end) throw new DecodeError("1 byte wanted, 0 left", position);
    this.position = position + 1;
    return this.bytes[position] as number;
  }

  /** An unsigned 16-bit integer. */
  u16(): number {
    const at = this.claim(2);
    const bytes = this.bytes;
    return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  }

  /** An unsigned 32-bit integer. */
  u32(): number {
    return this.i32() >>> 0;
  }

  /** A signed 32-bit integer. */
  i32(): number {
    const at = this.claim(4);
    const bytes = this.bytes;
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    );
  }

  /** A LEB128 integer up to 2^53 - 1; longer or larger is a {@link DecodeError}. */
  varint(): number {
    const { bytes, end } = this;
    const start = this.position;
    let position = start;
    if (position < end) {
      const first = bytes[position] as number;
      if (first < 0x80) {
        this.position = position + 1;
        return first;
      }
    }
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      if (position >= end) throw new DecodeError("a varint is cut short", start);
      const byte = bytes[position++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        this.position = position;
        return value;
      }
      scale *= 128;
    }
    throw new DecodeError("a varint is above 2^53 - 1", start);
  }

  /** What `zigzag` wrote; outside the safe integers is a {@link DecodeError}. */
  zigzag(): number {
    const start = this.position;
    const first = this.u8();
    const low = (first & 0x7f) >>> 1;
    const magnitude = first < 0x80 ? low : this.varint() * 64 + low;
    if (magnitude > Number.MAX_SAFE_INTEGER) throw new DecodeError("an integer is outside the safe range", start);
    if ((first & 1) === 0) return magnitude;
    if (magnitude === Number.MAX_SAFE_INTEGER) throw new DecodeError("an integer is outside the safe range", start);
    return -magnitude - 1;
  }

  /** An IEEE 754 double. */
  f64(): number {
    const at = this.claim(8);
    const bytes = this.bytes;
    if (LITTLE_ENDIAN_HOST) for (let i = 0; i < 8; i++) scratchBytes[i] = bytes[at + i] as number;
    else for (let i = 0; i < 8; i++) scratchBytes[7 - i] = bytes[at + i] as number;
    return scratchFloat[0] as number;
  }

  /** A string of its own memory; malformed UTF-8 becomes U+FFFD. */
  utf8(): string {
    const length = this.varint();
    const at = this.claim(length);
    return decodeUtf8(this.bytes, at, at + length);
  }

  /** A view of the next `n` bytes. */
  raw(n: number): Uint8Array {
    const at = this.claim(n);
    return this.bytes.subarray(at, at + n);
  }

  /** Skips to the next multiple of `n` from the start of `bytes`. */
  align(n: number): void {
    this.claim((n - (this.position % n)) % n);
  }
}

/** How many bytes `s` takes as UTF-8, lone surrogates as U+FFFD. O(length), allocates nothing. */
export function utf8Length(s: string): number {
  let length = s.length;
  for (let i = 0; i < s.length; i++) {
    const unit = s.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (isPair(s, i, unit)) {
      length += 2;
      i++;
    } else length += 2;
  }
  return length;
}

function isPair(s: string, i: number, unit: number): boolean {
  if ((unit & 0xfc00) !== 0xd800 || i + 1 >= s.length) return false;
  return (s.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
}

/** Writes `s` as UTF-8 at `bytes[at…]`, which must have {@link utf8Length} bytes of room; returns one past the last. */
export function encodeUtf8(s: string, bytes: Uint8Array, at: number): number {
  if (s.length > SHORT_TEXT) {
    const { read, written } = encodeInto(s, bytes, at);
    if (read === s.length) return at + written;
  }
  let to = at;
  for (let i = 0; i < s.length; i++) {
    let unit = s.charCodeAt(i);
    if (unit < 0x80) {
      bytes[to++] = unit;
    } else if (unit < 0x800) {
      bytes[to++] = 0xc0 | (unit >>> 6);
      bytes[to++] = 0x80 | (unit & 0x3f);
    } else if (isPair(s, i, unit)) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (s.charCodeAt(++i) & 0x3ff);
      bytes[to++] = 0xf0 | (point >>> 18);
      bytes[to++] = 0x80 | ((point >>> 12) & 0x3f);
      bytes[to++] = 0x80 | ((point >>> 6) & 0x3f);
      bytes[to++] = 0x80 | (point & 0x3f);
    } else {
      if ((unit & 0xf800) === 0xd800) unit = 0xfffd;
      bytes[to++] = 0xe0 | (unit >>> 12);
      bytes[to++] = 0x80 | ((unit >>> 6) & 0x3f);
      bytes[to++] = 0x80 | (unit & 0x3f);
    }
  }
  return to;
}

// Browsers refuse TextEncoder/TextDecoder on shared memory, so the text goes through a private copy there.
function encodeInto(s: string, bytes: Uint8Array, at: number): { read: number; written: number } {
  if (isShared(bytes)) {
    const encoded = encoder.encode(s);
    bytes.set(encoded, at);
    return { read: s.length, written: encoded.length };
  }
  return encoder.encodeInto(s, bytes.subarray(at));
}

function isShared(bytes: Uint8Array): boolean {
  return typeof SharedArrayBuffer !== "undefined" && bytes.buffer instanceof SharedArrayBuffer;
}

/** The text of `bytes[from, to)` as a string of its own memory; malformed UTF-8 becomes U+FFFD. O(length). */
export function decodeUtf8(bytes: Uint8Array, from: number, to: number): string {
  const length = to - from;
  if (length <= SHORT_TEXT) {
    if (length === 0) return "";
    const ascii = decodeAscii(bytes, from, to);
    if (ascii !== undefined) return ascii;
  }
  return decoder.decode(isShared(bytes) ? bytes.slice(from, to) : bytes.subarray(from, to));
}

// Char codes go through a fixed-arity call in blocks: a string built by += would be a rope, one built by
// fromCharCode.apply is flat.
const codes: number[][] = [];
for (let n = 0; n <= SHORT_TEXT; n++) codes.push(new Array<number>(n).fill(0));

function decodeAscii(bytes: Uint8Array, from: number, to: number): string | undefined {
  const units = codes[to - from] as number[];
  for (let i = from, j = 0; i < to; i++, j++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return undefined;
    units[j] = byte;
  }
  return String.fromCharCode.apply(null, units);
}
