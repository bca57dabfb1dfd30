// out[base + k - from] = source[order[k]] for k in [from, to), once for each kind of typed array: a loop that sees two
// kinds is ten times slower (engine rule 13), so these differ in nothing but their types, on purpose.

import type { ColumnOf, ColumnType } from "./schema.ts";
import type { Utf8Column } from "./utf8-column.ts";
import { copyText } from "./utf8-column.ts";

/** An array of values of fixed width, or of the offsets of texts. */
export type ValueArray = ColumnOf<Exclude<ColumnType, "utf8">>;

/** Views of one whole buffer, made when first needed; memory that is written to again and again keeps its views. */
export class Views {
  readonly buffer: ArrayBufferLike;
  private u8View: Uint8Array | undefined;
  private u16View: Uint16Array | undefined;
  private u32View: Uint32Array | undefined;
  private i8View: Int8Array | undefined;
  private i16View: Int16Array | undefined;
  private i32View: Int32Array | undefined;
  private f32View: Float32Array | undefined;
  private f64View: Float64Array | undefined;

  constructor(buffer: ArrayBufferLike) {
    this.buffer = buffer;
  }

  /** The view for values of a type; of offsets, for text. */
  of(type: ColumnType): ValueArray {
    return type === "bool" ? this.u8 : type === "utf8" ? this.u32 : this[type];
  }

  get u8(): Uint8Array {
    this.u8View ??= new Uint8Array(this.buffer);
    return this.u8View;
  }

  get u16(): Uint16Array {
    this.u16View ??= new Uint16Array(this.buffer, 0, this.buffer.byteLength >>> 1);
    return this.u16View;
  }

  get u32(): Uint32Array {
    this.u32View ??= new Uint32Array(this.buffer, 0, Math.floor(this.buffer.byteLength / 4));
    return this.u32View;
  }

  get i8(): Int8Array {
    this.i8View ??= new Int8Array(this.buffer);
    return this.i8View;
  }

  get i16(): Int16Array {
    this.i16View ??= new Int16Array(this.buffer, 0, this.buffer.byteLength >>> 1);
    return this.i16View;
  }

  get i32(): Int32Array {
    this.i32View ??= new Int32Array(this.buffer, 0, Math.floor(this.buffer.byteLength / 4));
    return this.i32View;
  }

  get f32(): Float32Array {
    this.f32View ??= new Float32Array(this.buffer, 0, Math.floor(this.buffer.byteLength / 4));
    return this.f32View;
  }

  get f64(): Float64Array {
    this.f64View ??= new Float64Array(this.buffer, 0, Math.floor(this.buffer.byteLength / 8));
    return this.f64View;
  }
}

/** Gathers a column of fixed width into `out` from index `base` on, which is below 2^32: integers count faster than doubles. */
export function gather(
  type: Exclude<ColumnType, "utf8">,
  source: ColumnOf<Exclude<ColumnType, "utf8">>,
  order: Uint32Array,
  from: number,
  to: number,
  out: ValueArray,
  base: number,
): void {
  const at = base >>> 0;
  switch (type) {
    case "u8":
    case "bool":
      gatherU8(source as Uint8Array, order, from, to, out as Uint8Array, at);
      break;
    case "u16":
      gatherU16(source as Uint16Array, order, from, to, out as Uint16Array, at);
      break;
    case "u32":
      gatherU32(source as Uint32Array, order, from, to, out as Uint32Array, at);
      break;
    case "i8":
      gatherI8(source as Int8Array, order, from, to, out as Int8Array, at);
      break;
    case "i16":
      gatherI16(source as Int16Array, order, from, to, out as Int16Array, at);
      break;
    case "i32":
      gatherI32(source as Int32Array, order, from, to, out as Int32Array, at);
      break;
    case "f32":
      gatherF32(source as Float32Array, order, from, to, out as Float32Array, at);
      break;
    case "f64":
      gatherF64(source as Float64Array, order, from, to, out as Float64Array, at);
      break;
  }
}

function gatherU8(
  source: Uint8Array,
  order: Uint32Array,
  from: number,
  to: number,
  out: Uint8Array,
  base: number,
): void {
  for (let k = from, j = base; k < to; k++, j++) out[j] = source[order[k] as number] as number;
}

function gatherU16(
  source: Uint16Array,
  order: Uint32Array,
  from: number,
  to: number,
  out: Uint16Array,
  base: number,
): void {
  for (let k = from, j = base; k < to; k++, j++) out[j] = source[order[k] as number] as number;
}

function gatherU32(
  source: Uint32Array,
  order: Uint32Array,
  from: number,
  to: number,
  out: Uint32Array,
  base: number,
): void {
  for (let k = from, j = base; k < to; k++, j++) out[j] = source[order[k] as number] as number;
}

function gatherI8(source: Int8Array, order: Uint32Array, from: number, to: number, out: Int8Array, base: number): void {
  for (let k = from, j = base; k < to; k++, j++) out[j] = source[order[k] as number] as number;
}

function gatherI16(
  source: Int16Array,
  order: Uint32Array,
  from: number,
  to: number,
  out: Int16Array,
  base: number,
): void {
  for (let k = from, j = base; k < to; k++, j++) out[j] = source[order[k] as number] as number;
}

function gatherI32(
  source: Int32Array,
  order: Uint32Array,
  from: number,
  to: number,
  out: Int32Array,
  base: number,
): void {
  for (let k = from, j = base; k < to; k++, j++) out[j] = source[order[k] as number] as number;
}

function gatherF32(
  source: Float32Array,
  order: Uint32Array,
  from: number,
  to: number,
  out: Float32Array,
  base: number,
): void {
  for (let k = from, j = base; k < to; k++, j++) out[j] = source[order[k] as number] as number;
}

function gatherF64(
  source: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
  out: Float64Array,
  base: number,
): void {
  for (let k = from, j = base; k < to; k++, j++) out[j] = source[order[k] as number] as number;
}

/**
 * Gathers a text column behind what was gathered of it before: the end of each text goes behind the offset at index `offsetAt`, its
 * bytes to `textAt`. Returns where the next text's bytes go.
 */
export function gatherText(
  source: Utf8Column,
  order: Uint32Array,
  from: number,
  to: number,
  outOffsets: Uint32Array,
  offsetAt: number,
  outBytes: Uint8Array,
  textAt: number,
): number {
  const { offsets, bytes } = source;
  let end = outOffsets[offsetAt] as number;
  let at = textAt >>> 0;
  for (let k = from, j = (offsetAt >>> 0) + 1; k < to; k++, j++) {
    const i = order[k] as number;
    const first = offsets[i] as number;
    const last = offsets[i + 1] as number;
    copyText(bytes, first, last, outBytes, at);
    at += last - first;
    end += last - first;
    outOffsets[j] = end;
  }
  return at;
}
