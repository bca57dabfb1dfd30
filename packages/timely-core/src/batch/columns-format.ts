// How a columnar batch lies in bytes, so that it can be read in place: a count of records, then each column from a
// multiple of 8; a text column is its offsets and, from the next multiple of 8, its bytes. Native byte order.

import { DecodeError } from "../codec/bytes.ts";
import { LimmatError } from "../errors.ts";
import type { ColumnsOf } from "./columns.ts";
import type { ColumnOf, ColumnType, Fields, Schema } from "./schema.ts";
import { Utf8Column } from "./utf8-column.ts";

/** Bytes before the first column: the count of records as u32, and four of padding. */
export const HEADER_BYTES = 8;

/** Columns were to be read or written at an address that is no multiple of 8. */
export class AlignmentError extends LimmatError {
  /** The address in its buffer. */
  readonly address: number;

  constructor(address: number) {
    super("ALIGNMENT", `columns need an address that is a multiple of 8, not ${address}: align(8) before them`);
    this.address = address;
  }
}

/** `n` rounded up to a multiple of 8. Exact for any safe integer. */
function align8(n: number): number {
  return Math.ceil(n / 8) * 8;
}

/** The address in its buffer of `bytes[offset]`; throws {@link AlignmentError}, or RangeError without room for `length`. */
export function addressOf(bytes: Uint8Array, offset: number, length: number): number {
  const address = bytes.byteOffset + offset;
  if (address % 8 !== 0) throw new AlignmentError(address);
  if (!(offset >= 0 && offset + length <= bytes.length)) {
    throw new RangeError(`${length} bytes at ${offset} don't fit into ${bytes.length}`);
  }
  return address;
}

/** Bytes of the encoded form of `n` records whose texts take `textBytes[column]` bytes. */
export function formatLength(schema: Schema<Fields>, n: number, textBytes: (column: number) => number): number {
  const { fields } = schema;
  let length = HEADER_BYTES;
  for (let column = 0; column < fields.length; column++) {
    const { type, bytes } = fields[column] as { type: ColumnType; bytes: number };
    length += type === "utf8" ? align8(4 * (n + 1)) + align8(textBytes(column)) : align8(bytes * n);
  }
  return length;
}

/** Zeroes from `at` to the next multiple of 8, which it returns: equal batches are equal bytes, and no old ones leak. */
export function pad8(memory: Uint8Array, at: number): number {
  const end = align8(at);
  for (let i = at; i < end; i++) memory[i] = 0;
  return end;
}

/** Writes the encoded form of `n` records at an address of a buffer: {@link addressOf} has checked that it fits. */
export function writeColumns<F extends Fields>(
  schema: Schema<F>,
  columns: ColumnsOf<F>,
  n: number,
  buffer: ArrayBufferLike,
  address: number,
): void {
  const header = new Uint32Array(buffer, address, 2);
  header[0] = n;
  header[1] = 0;
  const memory = new Uint8Array(buffer);
  let at = address + HEADER_BYTES;
  for (const { name, type, bytes: width } of schema.fields) {
    const source = columns[name] as ColumnOf<ColumnType>;
    if (source instanceof Utf8Column) {
      const offsets = new Uint32Array(buffer, at, n + 1);
      at = pad8(memory, at + 4 * (n + 1));
      const textBytes = source.byteLength(n);
      copyTexts(source, n, offsets, 0, new Uint8Array(buffer, at, textBytes), 0);
      at = pad8(memory, at + textBytes);
    } else {
      viewColumn(type as Exclude<ColumnType, "utf8">, buffer, at, n).set(source.subarray(0, n));
      at = pad8(memory, at + width * n);
    }
  }
}

/** Views of the encoded columns in `bytes[offset, offset + length)`; throws {@link DecodeError} when they don't fill it. */
export function viewColumns<F extends Fields>(
  schema: Schema<F>,
  bytes: Uint8Array,
  offset: number,
  length: number,
): { readonly count: number; readonly columns: ColumnsOf<F> } {
  if (!(length >= HEADER_BYTES && offset >= 0 && offset + length <= bytes.length)) {
    throw new DecodeError(`${length} bytes are no batch of columns`, offset);
  }
  const address = addressOf(bytes, offset, length);
  const buffer = bytes.buffer;
  const end = address + length;
  const count = new Uint32Array(buffer, address, 1)[0] as number;
  const columns: Record<string, ColumnOf<ColumnType>> = {};
  let at = address + HEADER_BYTES;
  for (const { name, type, bytes: width } of schema.fields) {
    const size = align8(type === "utf8" ? 4 * (count + 1) : width * count);
    if (size > end - at)
      throw new DecodeError(`column ${name} of ${count} records does not fit`, at - bytes.byteOffset);
    if (type === "utf8") {
      const offsets = new Uint32Array(buffer, at, count + 1);
      checkOffsets(offsets, name, at - bytes.byteOffset);
      at += size;
      const textBytes = offsets[count] as number;
      if (align8(textBytes) > end - at)
        throw new DecodeError(`the text of column ${name} does not fit`, at - bytes.byteOffset);
      columns[name] = new Utf8Column(offsets, new Uint8Array(buffer, at, textBytes));
      at += align8(textBytes);
    } else {
      columns[name] = viewColumn(type, buffer, at, count);
      at += size;
    }
  }
  if (at !== end)
    throw new DecodeError(`${end - at} bytes are left over behind a batch of columns`, at - bytes.byteOffset);
  return { count, columns: columns as ColumnsOf<F> };
}

function checkOffsets(offsets: Uint32Array, name: string, at: number): void {
  let last = 0;
  if (offsets[0] !== 0) throw new DecodeError(`the text of column ${name} does not start at 0`, at);
  for (let i = 1; i < offsets.length; i++) {
    const next = offsets[i] as number;
    if (next < last) throw new DecodeError(`the offsets of column ${name} fall at record ${i - 1}`, at);
    last = next;
  }
}

/** A view of `n` values of fixed width at an address of a buffer. */
export function viewColumn(
  type: Exclude<ColumnType, "utf8">,
  buffer: ArrayBufferLike,
  at: number,
  n: number,
): ColumnOf<Exclude<ColumnType, "utf8">> {
  switch (type) {
    case "u8":
    case "bool":
      return new Uint8Array(buffer, at, n);
    case "u16":
      return new Uint16Array(buffer, at, n);
    case "u32":
      return new Uint32Array(buffer, at, n);
    case "i8":
      return new Int8Array(buffer, at, n);
    case "i16":
      return new Int16Array(buffer, at, n);
    case "i32":
      return new Int32Array(buffer, at, n);
    case "f32":
      return new Float32Array(buffer, at, n);
    case "f64":
      return new Float64Array(buffer, at, n);
  }
}

/** Copies the first `n` texts of a column to record `at` and byte `textAt` of another. */
export function copyTexts(
  source: Utf8Column,
  n: number,
  offsets: Uint32Array,
  at: number,
  bytes: Uint8Array,
  textAt: number,
): void {
  const first = source.offsets[0] as number;
  for (let i = 0; i <= n; i++) offsets[at + i] = (source.offsets[i] as number) - first + textAt;
  bytes.set(source.bytes.subarray(first, first + source.byteLength(n)), textAt);
}
