// Building columnar batches record by record. The code that takes a record apart is compiled per schema where that is
// allowed; memory of batches that were released is used again.

import { codegenAllowed, compile } from "./codegen.ts";
import { Columns, type ColumnsOf } from "./columns.ts";
import { viewColumn } from "./columns-format.ts";
import type { Builder } from "./layout.ts";
import type { ColumnOf, ColumnType, Field, Fields, FieldsRecord, Schema } from "./schema.ts";
import { Utf8Appender, Utf8Column } from "./utf8-column.ts";

/** Where values of a column of type `T` are written: the typed array, or an appender of text. */
export type OutputColumnOf<T extends ColumnType> = T extends "utf8" ? Utf8Appender : ColumnOf<T>;

/** The columns under construction by name. */
export type OutputOf<F extends Fields> = { readonly [K in keyof F]: OutputColumnOf<F[K]> };

/** A column under construction. */
type Growing = OutputColumnOf<ColumnType>;

/** Columns under construction, in schema order, and how many records they hold at most. */
interface Memory {
  columns: Growing[];
  room: number;
}

/** How a record, or one record of a batch, is put at place `i` of the columns. */
interface Put {
  record(memory: Growing[], i: number, record: object): void;
  from(memory: Growing[], i: number, columns: object, j: number): void;
}

// How many released memories wait to be used again.
const SPARE = 4;

/** Bytes a column's default capacity takes (engine rule 8). */
const COLUMN_BYTES = 8192;

/** Collects records of a schema. */
export class ColumnsBuilder<F extends Fields> implements Builder<Columns<F>> {
  readonly capacity: number;
  private readonly schema: Schema<F>;
  private readonly put: Put;
  private readonly spare: Memory[] = [];
  private memory: Memory;
  private count = 0;

  constructor(schema: Schema<F>, capacity?: number, codegen = codegenAllowed()) {
    this.schema = schema;
    this.capacity = Math.max(1, capacity ?? COLUMN_BYTES / Math.max(...schema.fields.map(({ bytes }) => bytes)));
    this.put = codegen ? compiledPut(schema) : plainPut(schema);
    this.memory = this.allocate(this.capacity);
  }

  get length(): number {
    return this.count;
  }

  push(record: FieldsRecord<F>): void {
    const { memory } = this;
    if (this.count === memory.room) this.grow();
    this.put.record(memory.columns, this.count, record);
    this.count += 1;
  }

  pushFrom(batch: Columns<F>, i: number): void {
    const { memory } = this;
    if (this.count === memory.room) this.grow();
    this.put.from(memory.columns, this.count, batch.columns, i);
    this.count += 1;
  }

  /** Lets `write` write up to `n` records from index 0 into an empty builder; it returns how many it wrote. */
  fill(n: number, write: (output: OutputOf<F>) => number): void {
    if (this.count !== 0) throw new Error("a builder that holds records can't be filled: finish() it first");
    if (n > this.memory.room) this.memory = this.allocate(n);
    const output: Record<string, Growing> = {};
    for (let f = 0; f < this.schema.fields.length; f++) {
      output[(this.schema.fields[f] as Field).name] = this.memory.columns[f] as Growing;
    }
    const count = write(output as OutputOf<F>);
    if (!(Number.isInteger(count) && count >= 0 && count <= n)) {
      throw new RangeError(`a kernel says it wrote ${count} records where there is room for ${n}`);
    }
    this.count = count;
  }

  finish(): Columns<F> {
    const { memory, schema, count } = this;
    const columns: Record<string, ColumnOf<ColumnType>> = {};
    for (let f = 0; f < schema.fields.length; f++) {
      const column = memory.columns[f] as Growing;
      const { name } = schema.fields[f] as Field;
      columns[name] = column instanceof Utf8Appender ? new Utf8Column(column.offsets, column.bytes) : column;
    }
    this.count = 0;
    this.memory = this.spare.pop() ?? this.allocate(this.capacity);
    return new Columns(schema, count, columns as ColumnsOf<F>, { onReleased: () => this.reclaim(memory) });
  }

  /** Takes back the memory of a batch that nobody holds any more. */
  private reclaim(memory: Memory): void {
    if (this.spare.length >= SPARE) return;
    for (const column of memory.columns) if (column instanceof Utf8Appender) column.offsets[0] = 0;
    this.spare.push(memory);
  }

  private allocate(room: number): Memory {
    const columns = this.schema.fields.map(({ type, bytes }) =>
      type === "utf8"
        ? new Utf8Appender(room, new Uint8Array(COLUMN_BYTES))
        : viewColumn(type, new ArrayBuffer(room * bytes), 0, room),
    );
    return { columns, room };
  }

  private grow(): void {
    const { memory } = this;
    const room = memory.room * 2;
    memory.columns = memory.columns.map((column, f) => {
      const { type, bytes } = this.schema.fields[f] as Field;
      if (column instanceof Utf8Appender) {
        column.grow(room);
        return column;
      }
      const grown = viewColumn(type as Exclude<ColumnType, "utf8">, new ArrayBuffer(room * bytes), 0, room);
      grown.set(column);
      return grown;
    });
    memory.room = room;
  }
}

const compiled = new Map<string, Put>();

function compiledPut(schema: Schema<Fields>): Put {
  const known = compiled.get(schema.fingerprint);
  if (known !== undefined) return known;
  const record = schema.fields.map(({ name, type }, f) => {
    if (type === "utf8") return `memory[${f}].append(i, record.${name});`;
    return type === "bool" ? `memory[${f}][i] = record.${name} ? 1 : 0;` : `memory[${f}][i] = record.${name};`;
  });
  const from = schema.fields.map(({ name, type }, f) =>
    type === "utf8" ? `memory[${f}].appendFrom(i, columns.${name}, j);` : `memory[${f}][i] = columns.${name}[j];`,
  );
  const put: Put = {
    record: compile(["memory", "i", "record"], record.join("\n")),
    from: compile(["memory", "i", "columns", "j"], from.join("\n")),
  };
  compiled.set(schema.fingerprint, put);
  return put;
}

function plainPut(schema: Schema<Fields>): Put {
  const { fields } = schema;
  return {
    record(memory, i, record) {
      const values = record as Record<string, unknown>;
      for (let f = 0; f < fields.length; f++) {
        const { name, type } = fields[f] as Field;
        const column = memory[f] as Growing;
        if (column instanceof Utf8Appender) column.append(i, values[name] as string);
        else if (type === "bool") column[i] = values[name] ? 1 : 0;
        else column[i] = values[name] as number;
      }
    },
    from(memory, i, columns, j) {
      const sources = columns as Record<string, ColumnOf<ColumnType>>;
      for (let f = 0; f < fields.length; f++) {
        const column = memory[f] as Growing;
        const source = sources[(fields[f] as Field).name] as ColumnOf<ColumnType>;
        if (column instanceof Utf8Appender) column.appendFrom(i, source as Utf8Column, j);
        else column[i] = (source as Uint8Array)[j] as number;
      }
    },
  };
}
