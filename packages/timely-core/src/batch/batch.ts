// Batch: the unit in which all data moves, in one of two layouts; the records of a batch share one capability time
// (engine rule 4).

import type { Columns } from "./columns.ts";
import type { Rows } from "./rows.ts";
import type { Fields, FieldsRecord } from "./schema.ts";

/** Rows of any values, or columns of a schema. */
export type Batch = Rows<unknown> | Columns<Fields>;

/** The record of a batch type: `D` of `Rows<D>`, the object with fields `F` of `Columns<F>`. */
export type RecordOf<B> = B extends Rows<infer D> ? D : B extends Columns<infer F> ? FieldsRecord<F> : never;
