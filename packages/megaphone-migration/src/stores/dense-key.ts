// Keys that are numbers from 0 on: their hash is chosen so that bins are equal and a key says where in its bin it lies.

import { byHash, type ColumnOf, type Columns, type Fields, type HashExchange, type Schema } from "@limmat/timely-core";
import { StoreError } from "./errors.ts";

/**
 * The hash of a dense key, a u32: the key's bits turned round by `bits`, so that its low `bits` bits are the top ones, which name the bin.
 * For work that a column store's operator puts off, and for rows: `byKey((record) => record.key, (key) => denseHash(key, bits))`.
 */
export function denseHash(key: number, bits: number): number {
  return ((key << (32 - bits)) | (key >>> bits)) >>> 0;
}

/**
 * The pact by which records find their entries in a column store: by a column of keys, and the bits of the operator's bins. Throws
 * `StoreError` unless the column is of unsigned integers of 32 bits.
 */
export function denseKey<F extends Fields>(
  schema: Schema<F>,
  column: keyof F & string,
  bits: number,
): HashExchange<Columns<F>> {
  const type = schema.types[column];
  if (type !== "u32") throw new StoreError(`column ${column} is ${String(type)}: the keys of a column store are u32`);
  return byHash((batch, hashes, n) => {
    const keys = batch.columns[column] as ColumnOf<"u32">;
    for (let i = 0; i < n; i++) {
      const key = keys[i] as number;
      hashes[i] = (key << (32 - bits)) | (key >>> bits);
    }
  });
}
