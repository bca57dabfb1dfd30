// How the fields of an entry lie side by side in memory, so that an access to a key and its values is one cache miss.

import { StoreError } from "./errors.ts";

/** The byte order of this machine, in which pieces and blocks are, "le" or "be". */
export const BYTE_ORDER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "le" : "be";

/** The type of a value in a store of records: integers of 32 bits, and floats of 32 and 64. */
export type FieldType = "u32" | "i32" | "f32" | "f64";

/** The values of an entry, by name: `{ count: "f64" }`. */
export type FieldTypes = { readonly [name: string]: FieldType };

/** Where one field lies. */
export interface FieldPlace {
  readonly name: string;
  readonly type: FieldType;
  /** 4-byte words from the start of the record. */
  readonly word: number;
}

/**
 * The layout of records with these values and a key of `keyWords` words (0 to 2): fields of 8 bytes first, then the key if it is as wide,
 * then those of 4 and a narrow key. Throws `StoreError` on no values, an unknown type, or a name that is no identifier.
 */
export class RecordLayout {
  /** The values in the order of their declaration. */
  readonly fields: readonly FieldPlace[];
  /** Words from the start of the record to its key. */
  readonly keyWord: number;
  /** Words that mean something; padding may follow. */
  readonly words: number;
  /** What records are counted and aligned in: 2 words if a field has 8 bytes, else 1. */
  readonly unitWords: 1 | 2;
  /** Units from one record to the next. */
  readonly stride: number;
  /** Tells layouts apart. */
  readonly name: string;

  constructor(types: FieldTypes, keyWords: 0 | 1 | 2) {
    const entries = Object.entries(types);
    if (entries.length === 0) throw new StoreError("a store of records needs at least one value");
    for (const [name, type] of entries) {
      if (!/^[A-Za-z_$][\w$]*$/.test(name) || name === "__proto__")
        throw new StoreError(`the value name ${JSON.stringify(name)} is no identifier: use letters, digits, _ and $`);
      if (!["u32", "i32", "f32", "f64"].includes(type))
        throw new StoreError(`value ${name} has the unknown type ${String(type)}: use u32, i32, f32 or f64`);
    }
    const wide = entries.filter(([, type]) => type === "f64");
    const narrow = entries.filter(([, type]) => type !== "f64");
    const places = new Map<string, number>();
    for (const [name] of wide) places.set(name, places.size * 2);
    this.keyWord = wide.length * 2;
    const afterKey = this.keyWord + keyWords;
    for (const [i, [name]] of narrow.entries()) places.set(name, afterKey + i);
    this.words = afterKey + narrow.length;
    this.unitWords = wide.length > 0 ? 2 : 1;
    this.stride = Math.ceil(this.words / this.unitWords);
    this.fields = entries.map(([name, type]) => ({ name, type, word: places.get(name) as number }));
    this.name = entries.map(([name, type]) => `${name}:${type}`).join(",");
  }

  /** Bytes from one record to the next. */
  get bytes(): number {
    return this.stride * this.unitWords * 4;
  }
}
