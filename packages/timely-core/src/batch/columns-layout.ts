// columns({ src: u32, name: utf8 }): a schema and, in the same object, the layout of streams that carry it.

import { Columns, type ColumnsOf } from "./columns.ts";
import { ColumnsBuilder } from "./columns-builder.ts";
import { addressOf, copyTexts, formatLength, viewColumn, viewColumns, writeColumns } from "./columns-format.ts";
import { ColumnsScatter } from "./columns-scatter.ts";
import type { Builder, Layout, Lender, Scatter } from "./layout.ts";
import { type ColumnOf, type ColumnType, describe, type Field, type Fields, type Schema } from "./schema.ts";
import { Utf8Column } from "./utf8-column.ts";

/** A schema that is the layout of its batches; frozen. */
export interface ColumnsLayout<F extends Fields> extends Schema<F>, Layout<Columns<F>> {}

/**
 * The layout of columnar batches with these fields. Throws `SchemaError` on names that are no identifiers, unknown
 * types and no fields.
 *
 * @example
 * const edges = columns({ src: u32, dst: u32, name: utf8 });
 */
export function columns<const F extends Fields>(types: F): ColumnsLayout<F> {
  return Object.freeze(new LayoutOfColumns<F>(describe(types)));
}

class LayoutOfColumns<F extends Fields> implements ColumnsLayout<F> {
  readonly kind = "columns";
  readonly types: F;
  readonly fields: readonly Field[];
  readonly fingerprint: string;
  readonly recordBytes: number;

  constructor(schema: Schema<F>) {
    this.types = schema.types;
    this.fields = schema.fields;
    this.fingerprint = schema.fingerprint;
    this.recordBytes = schema.recordBytes;
  }

  empty(): Columns<F> {
    return this.allocate(0, () => 0);
  }

  builder(capacity?: number): Builder<Columns<F>> {
    return new ColumnsBuilder<F>(this, capacity);
  }

  byteLength(batch: Columns<F>): number {
    return formatLength(this, batch.length, (column) => this.text(batch, column).byteLength(batch.length));
  }

  encode(batch: Columns<F>, bytes: Uint8Array, offset: number): void {
    const address = addressOf(bytes, offset, this.byteLength(batch));
    writeColumns(this, batch.columns, batch.length, bytes.buffer, address);
  }

  decode(bytes: Uint8Array, offset: number, length: number, lender: Lender = {}): Columns<F> {
    const { count, columns: views } = viewColumns(this, bytes, offset, length);
    const { onReleased } = lender;
    const borrowed = lender.own !== true;
    return new Columns(this, count, views, onReleased === undefined ? { borrowed } : { borrowed, onReleased });
  }

  slice(batch: Columns<F>, from: number, to: number): Columns<F> {
    if (!(from >= 0 && from <= to && to <= batch.length)) {
      throw new RangeError(`records ${from} to ${to} are not inside a batch of ${batch.length}`);
    }
    const parts: Record<string, ColumnOf<ColumnType>> = {};
    for (const { name } of this.fields) {
      const source = batch.columns[name] as ColumnOf<ColumnType>;
      parts[name] =
        source instanceof Utf8Column
          ? new Utf8Column(source.offsets.subarray(from, to + 1), source.bytes)
          : source.subarray(from, to);
    }
    const whole = batch.share(1);
    return new Columns(this, to - from, parts as ColumnsOf<F>, { whole, borrowed: batch.borrowed });
  }

  concat(batches: readonly Columns<F>[]): Columns<F> {
    let length = 0;
    for (const batch of batches) length += batch.length;
    const whole = this.allocate(length, (column) => {
      let bytes = 0;
      for (const batch of batches) bytes += this.text(batch, column).byteLength(batch.length);
      return bytes;
    });
    for (const { name } of this.fields) {
      const target = whole.columns[name] as ColumnOf<ColumnType>;
      let at = 0;
      let textAt = 0;
      for (const batch of batches) {
        const source = batch.columns[name] as ColumnOf<ColumnType>;
        if (source instanceof Utf8Column) {
          const { offsets, bytes } = target as Utf8Column;
          copyTexts(source, batch.length, offsets, at, bytes, textAt);
          textAt += source.byteLength(batch.length);
        } else {
          (target as typeof source).set(source.subarray(0, batch.length), at);
        }
        at += batch.length;
      }
    }
    return whole;
  }

  scatter(peers: number): Scatter<Columns<F>> {
    return new ColumnsScatter<F>(this, peers);
  }

  private text(batch: Columns<F>, column: number): Utf8Column {
    return batch.columns[(this.fields[column] as Field).name] as Utf8Column;
  }

  /** A batch of `n` records in memory of its own, still to be filled. */
  private allocate(n: number, textBytes: (column: number) => number): Columns<F> {
    const made: Record<string, ColumnOf<ColumnType>> = {};
    for (let column = 0; column < this.fields.length; column++) {
      const { name, type, bytes } = this.fields[column] as Field;
      made[name] =
        type === "utf8"
          ? new Utf8Column(new Uint32Array(n + 1), new Uint8Array(textBytes(column)))
          : viewColumn(type, new ArrayBuffer(n * bytes), 0, n);
    }
    return new Columns(this, n, made as ColumnsOf<F>);
  }
}
