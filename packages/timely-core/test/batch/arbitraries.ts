// Random schemas, records and layouts, for the property tests of batches.

import fc from "fast-check";
import type { Batch, ColumnType, Fields, Layout } from "../../src/batch/index.ts";
import { columns, Rows, rows } from "../../src/batch/index.ts";

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), fc.string({ maxLength: 100 }));

const valuesOf: { readonly [T in ColumnType]: fc.Arbitrary<unknown> } = {
  u8: fc.integer({ min: 0, max: 255 }),
  u16: fc.integer({ min: 0, max: 65535 }),
  u32: fc.integer({ min: 0, max: 0xffffffff }),
  i8: fc.integer({ min: -128, max: 127 }),
  i16: fc.integer({ min: -32768, max: 32767 }),
  i32: fc.integer(),
  f32: fc.float(),
  f64: fc.double(),
  bool: fc.boolean(),
  utf8: text,
};

const types = fc.constantFrom(...(Object.keys(valuesOf) as ColumnType[]));

/** Schemas of one to five columns. */
export const fieldsArbitrary: fc.Arbitrary<Fields> = fc
  .array(types, { minLength: 1, maxLength: 5 })
  .map((list) => Object.fromEntries(list.map((type, i) => [`f${i}`, type])));

/** Records of a schema. */
export function recordArbitrary(fields: Fields): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, valuesOf[type]])), {
    noNullPrototype: true,
  });
}

/** A layout and some records of it. */
export interface Case {
  readonly name: string;
  readonly layout: Layout<Batch>;
  readonly records: readonly unknown[];
}

const columnsCase: fc.Arbitrary<Case> = fieldsArbitrary.chain((fields) => {
  const layout = columns(fields) as unknown as Layout<Batch>;
  return fc
    .array(recordArbitrary(fields), { maxLength: 40 })
    .map((records) => ({ name: layout.fingerprint, layout, records }));
});

const rowsCase: fc.Arbitrary<Case> = fc
  .array(fc.anything({ withNullPrototype: true, withMap: true, withBigInt: true }), { maxLength: 20 })
  .map((records) => ({ name: "rows", layout: rows<unknown>() as unknown as Layout<Batch>, records }));

/** Both kinds of layout with records of theirs. */
export const cases: fc.Arbitrary<Case> = fc.oneof({ arbitrary: columnsCase, weight: 3 }, rowsCase);

/** A batch of these records. */
export function build(layout: Layout<Batch>, records: readonly unknown[], capacity?: number): Batch {
  const builder = layout.builder(capacity);
  for (const record of records) builder.push(record as never);
  return builder.finish();
}

/** The records of a batch. */
export function recordsOf(batch: Batch): unknown[] {
  if (batch instanceof Rows) return [...batch.data];
  return Array.from({ length: batch.length }, (_, i) => batch.get(i));
}
