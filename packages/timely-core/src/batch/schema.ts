// What the records of a columnar batch look like: named fields of fixed-width numbers, booleans and text, in declaration
// order. A schema is plain frozen data, compared between workers by its fingerprint.

import { BYTE_ORDER } from "../codec/bytes.ts";
import { LimmatError } from "../errors.ts";
import type { Utf8Column } from "./utf8-column.ts";

/** The type of a column: unsigned and signed integers, floats, booleans (one byte) and text. */
export type ColumnType = "u8" | "u16" | "u32" | "i8" | "i16" | "i32" | "f32" | "f64" | "bool" | "utf8";

/** Unsigned 8-bit integers. */
export const u8 = "u8";
/** Unsigned 16-bit integers. */
export const u16 = "u16";
/** Unsigned 32-bit integers. */
export const u32 = "u32";
/** Signed 8-bit integers. */
export const i8 = "i8";
/** Signed 16-bit integers. */
export const i16 = "i16";
/** Signed 32-bit integers. */
export const i32 = "i32";
/** IEEE 754 singles. */
export const f32 = "f32";
/** IEEE 754 doubles: every safe integer fits, so this is the column of times and of wide counts. */
export const f64 = "f64";
/** Booleans, a byte each, 0 or 1. */
export const bool = "bool";
/** Text as UTF-8 bytes with offsets. */
export const utf8 = "utf8";

/** The fields of a record, by name, in the order of declaration: `{ src: u32, dst: u32, name: utf8 }`. */
export type Fields = { readonly [name: string]: ColumnType };

/** What holds the values of a column of type `T`: a typed array, or a {@link Utf8Column}. */
export type ColumnOf<T extends ColumnType> = T extends "u8" | "bool"
  ? Uint8Array
  : T extends "u16"
    ? Uint16Array
    : T extends "u32"
      ? Uint32Array
      : T extends "i8"
        ? Int8Array
        : T extends "i16"
          ? Int16Array
          : T extends "i32"
            ? Int32Array
            : T extends "f32"
              ? Float32Array
              : T extends "f64"
                ? Float64Array
                : Utf8Column;

/** One value of a column of type `T`. */
export type ValueOf<T extends ColumnType> = T extends "utf8" ? string : T extends "bool" ? boolean : number;

/** A record with these fields: `{ src: number, dst: number, name: string }`. */
export type FieldsRecord<F extends Fields> = { -readonly [K in keyof F]: ValueOf<F[K]> };

/** One field of a schema. */
export interface Field {
  /** An identifier, unique in its schema. */
  readonly name: string;
  /** The type of its column. */
  readonly type: ColumnType;
  /** Bytes a value takes in its typed array; 4 for the offset of a text. */
  readonly bytes: 1 | 2 | 4 | 8;
}

/** The shape of columnar records; made by `columns`. */
export interface Schema<F extends Fields> {
  /** The types by name, as declared. */
  readonly types: F;
  /** The fields in declaration order, which is that of columns in memory and of arguments of kernels. */
  readonly fields: readonly Field[];
  /** Equal exactly when two schemas lay records out alike (names, types, order, byte order of the machine). */
  readonly fingerprint: string;
  /** Bytes that a record takes over all columns, a text counting for its 4-byte offset. */
  readonly recordBytes: number;
}

/** A schema that can't be: an unknown type, a name that is no identifier, no field at all. */
export class SchemaError extends LimmatError {
  /** The field at fault, or undefined when there is none. */
  readonly field: string | undefined;

  constructor(message: string, field?: string) {
    super("SCHEMA", message);
    this.field = field;
  }
}

const WIDTHS: { readonly [T in ColumnType]: 1 | 2 | 4 | 8 } = {
  u8: 1,
  u16: 2,
  u32: 4,
  i8: 1,
  i16: 2,
  i32: 4,
  f32: 4,
  f64: 8,
  bool: 1,
  utf8: 4,
};

/**
 * The schema of records with these fields, frozen. Throws {@link SchemaError} on a name that is no identifier (an
 * integer-like one would not keep its place), on an unknown type, and on no fields.
 */
export function describe<F extends Fields>(types: F): Schema<F> {
  const fields: Field[] = [];
  let recordBytes = 0;
  for (const [name, type] of Object.entries(types)) {
    if (!/^[A-Za-z_$][\w$]*$/.test(name) || name === "__proto__")
      throw new SchemaError(
        `the field name ${JSON.stringify(name)} is no identifier: use letters, digits, _ and $`,
        name,
      );
    const bytes = Object.hasOwn(WIDTHS, type) ? WIDTHS[type] : undefined;
    if (bytes === undefined) {
      throw new SchemaError(
        `field ${name} has the unknown type ${String(type)}: use ${Object.keys(WIDTHS).join(", ")}`,
        name,
      );
    }
    fields.push(Object.freeze({ name, type, bytes }));
    recordBytes += bytes;
  }
  if (fields.length === 0) throw new SchemaError("a schema needs at least one field");
  return {
    types: Object.freeze({ ...types }),
    fields: Object.freeze(fields),
    fingerprint: `columns-${BYTE_ORDER}(${fields.map(({ name, type }) => `${name}:${type}`).join(",")})`,
    recordBytes,
  };
}
