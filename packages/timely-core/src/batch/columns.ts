// Columns<F>: a batch as a struct of typed arrays, the fast path: it crosses workers by copy of bytes and is read in
// place on the other side.

import { Counted, type Origin, poisonProperty } from "./ownership.ts";
import type { ColumnOf, ColumnType, Fields, FieldsRecord, Schema } from "./schema.ts";
import { Utf8Column } from "./utf8-column.ts";

/** The columns of a batch by name. */
export type ColumnsOf<F extends Fields> = { readonly [K in keyof F]: ColumnOf<F[K]> };

/** A batch of records with fields `F`. */
export class Columns<F extends Fields> extends Counted {
  /** Tells columns from rows. */
  readonly kind = "columns";
  /** The shape of its records. */
  readonly schema: Schema<F>;
  /** How many records. */
  readonly length: number;
  /** One typed array a field, which may be longer than `length`: what lies beyond is undefined. */
  readonly columns: ColumnsOf<F>;

  /** Takes the columns over; each must hold at least `length` values. */
  constructor(schema: Schema<F>, length: number, columns: ColumnsOf<F>, origin?: Origin) {
    super(origin);
    this.schema = schema;
    this.length = length;
    this.columns = columns;
  }

  /** Record `i` as an object. Allocates: for tests, logs and the ends of a dataflow. */
  get(i: number): FieldsRecord<F> {
    const record: Record<string, unknown> = {};
    for (const { name, type } of this.schema.fields)
      record[name] = valueAt(type, this.columns[name] as ColumnOf<ColumnType>, i);
    return record as FieldsRecord<F>;
  }

  /** The same records in memory of their own. */
  override copy(): this {
    const copies: Record<string, ColumnOf<ColumnType>> = {};
    for (const { name } of this.schema.fields) {
      copies[name] = copyColumn(this.columns[name] as ColumnOf<ColumnType>, this.length);
    }
    return new Columns(this.schema, this.length, copies as ColumnsOf<F>) as this;
  }

  protected override poison(overwrite: boolean): void {
    if (overwrite) {
      for (const { name } of this.schema.fields) overwriteColumn(this.columns[name] as ColumnOf<ColumnType>);
    }
    poisonProperty(this, "columns");
    poisonProperty(this, "length");
  }
}

function valueAt(type: ColumnType, column: ColumnOf<ColumnType>, i: number): unknown {
  if (column instanceof Utf8Column) return column.at(i);
  return type === "bool" ? column[i] !== 0 : column[i];
}

function copyColumn(column: ColumnOf<ColumnType>, length: number): ColumnOf<ColumnType> {
  if (!(column instanceof Utf8Column)) return column.slice(0, length);
  const first = column.offsets[0] as number;
  const offsets = column.offsets.slice(0, length + 1);
  for (let i = 0; i <= length; i++) offsets[i] = (offsets[i] as number) - first;
  return new Utf8Column(offsets, column.bytes.slice(first, first + column.byteLength(length)));
}

function overwriteColumn(column: ColumnOf<ColumnType>): void {
  if (column instanceof Utf8Column) {
    column.offsets.fill(0xdbdbdbdb);
    column.bytes.fill(0xdb);
  } else {
    new Uint8Array(column.buffer, column.byteOffset, column.byteLength).fill(0xdb);
  }
}
