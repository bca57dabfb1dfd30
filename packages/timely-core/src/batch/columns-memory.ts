// Memory of columnar batches, used again once they are released: what is written next then still lies in the cache, and the collector
// has nothing to do.

import type { ColumnsOf } from "./columns.ts";
import { viewColumn } from "./columns-format.ts";
import type { Origin } from "./ownership.ts";
import type { ColumnOf, ColumnType, Field, Fields, Schema } from "./schema.ts";
import { Utf8Appender, Utf8Column } from "./utf8-column.ts";

/** Where values of a column of type `T` are written: the typed array, or an appender of text. */
export type OutputColumnOf<T extends ColumnType> = T extends "utf8" ? Utf8Appender : ColumnOf<T>;

/** The columns under construction by name. */
export type OutputOf<F extends Fields> = { readonly [K in keyof F]: OutputColumnOf<F[K]> };

/** A column under construction. */
export type Growing = OutputColumnOf<ColumnType>;

/** Bytes that a column's default room takes (engine rule 8). */
const COLUMN_BYTES = 8192;

/** Bytes of released memory that wait to be used again, of one schema: what a round of exchange has under way, and some more. */
const POOL_BYTES = 2 ** 22;

/** One typed array a column, for up to `room` records. */
export class ColumnsMemory<F extends Fields> implements Origin {
  /** The columns in schema order. */
  readonly columns: Growing[];
  /** The bytes of each. */
  readonly bytes: Uint8Array[];
  room: number;
  private readonly pool: ColumnsPool<F>;
  private readable: ColumnsOf<F> | undefined;
  private writable: OutputOf<F> | undefined;

  constructor(pool: ColumnsPool<F>, room: number) {
    this.pool = pool;
    this.room = room;
    this.columns = pool.schema.fields.map(({ type, bytes }) =>
      type === "utf8"
        ? new Utf8Appender(room, new Uint8Array(COLUMN_BYTES))
        : viewColumn(type, new ArrayBuffer(room * bytes), 0, room),
    );
    this.bytes = this.columns.map(bytesOf);
  }

  /** The columns by name, to be written to. */
  toWrite(): OutputOf<F> {
    this.writable ??= this.named((column) => column) as OutputOf<F>;
    return this.writable;
  }

  /** The columns by name, to be read. */
  toRead(): ColumnsOf<F> {
    if (this.readable !== undefined) return this.readable;
    const named = this.named((column) =>
      column instanceof Utf8Appender ? new Utf8Column(column.offsets, column.bytes) : column,
    ) as ColumnsOf<F>;
    // An appender's arrays are other ones once it has grown.
    if (!this.columns.some((column) => column instanceof Utf8Appender)) this.readable = named;
    return named;
  }

  private named(as: (column: Growing) => unknown): object {
    const named: Record<string, unknown> = {};
    this.pool.schema.fields.forEach(({ name }, f) => {
      named[name] = as(this.columns[f] as Growing);
    });
    return named;
  }

  /** Doubles the room; what was written stays. */
  grow(): void {
    const room = this.room * 2;
    const { fields } = this.pool.schema;
    for (let f = 0; f < fields.length; f++) {
      const column = this.columns[f] as Growing;
      const { type, bytes } = fields[f] as Field;
      if (column instanceof Utf8Appender) {
        column.grow(room);
        continue;
      }
      const grown = viewColumn(type as Exclude<ColumnType, "utf8">, new ArrayBuffer(room * bytes), 0, room);
      grown.set(column);
      this.columns[f] = grown;
    }
    this.room = room;
    this.bytes.splice(0, this.bytes.length, ...this.columns.map(bytesOf));
    this.readable = undefined;
    this.writable = undefined;
  }

  /** The batch on this memory was released: the next one may be written here. */
  onReleased(): void {
    for (const column of this.columns) if (column instanceof Utf8Appender) column.offsets[0] = 0;
    this.pool.give(this);
  }
}

function bytesOf(column: Growing): Uint8Array {
  return column instanceof Utf8Appender ? column.bytes : new Uint8Array(column.buffer);
}

/** The memory of one schema's batches in one thread. */
export class ColumnsPool<F extends Fields> {
  readonly schema: Schema<F>;
  /** The records that the smallest memory has room for. */
  readonly room: number;
  /** `free[k]`: memory for `room << k` records. */
  private readonly free: ColumnsMemory<F>[][] = [];
  private records = 0;

  constructor(schema: Schema<F>) {
    this.schema = schema;
    this.room = COLUMN_BYTES / Math.max(...schema.fields.map(({ bytes }) => bytes));
  }

  /** Memory for at least `records` records. */
  take(records = this.room): ColumnsMemory<F> {
    let room = this.room;
    let size = 0;
    while (room < records) {
      room *= 2;
      size += 1;
    }
    const memory = this.free[size]?.pop();
    if (memory === undefined) return new ColumnsMemory(this, room);
    this.records -= room;
    return memory;
  }

  /** Takes memory back that nobody uses any more. */
  give(memory: ColumnsMemory<F>): void {
    const { room } = memory;
    const size = Math.log2(room / this.room);
    if (!Number.isInteger(size) || (this.records + room) * this.schema.recordBytes > POOL_BYTES) return;
    this.records += room;
    this.free[size] ??= [];
    (this.free[size] as ColumnsMemory<F>[]).push(memory);
  }
}

const pools = new WeakMap<Schema<Fields>, ColumnsPool<Fields>>();

/** The pool of a schema's batches in this thread. */
export function poolOf<F extends Fields>(schema: Schema<F>): ColumnsPool<F> {
  let pool = pools.get(schema);
  if (pool === undefined) {
    pool = new ColumnsPool<Fields>(schema);
    pools.set(schema, pool);
  }
  return pool as unknown as ColumnsPool<F>;
}
