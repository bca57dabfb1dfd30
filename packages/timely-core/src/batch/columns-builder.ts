// Building columnar batches record by record. The code that takes a record apart is compiled per schema where that is
// allowed; memory of batches that were released is used again.

import { codegenAllowed, compile } from "./codegen.ts";
import { Columns, type ColumnsOf } from "./columns.ts";
import { viewColumn } from "./columns-format.ts";
import type { Builder } from "./layout.ts";
import type { ColumnOf, ColumnType, Field, Fields, FieldsRecord, Schema } from "./schema.ts";
import { Utf8Appender, Utf8Column } from "./utf8-column.ts";

/** A column under construction. */
type Growing = ColumnOf<Exclude<ColumnType, "utf8">> | Utf8Appender;

/** The columns under construction, in schema order. */
type Memory = Growing[];

/** How a record, or one record of a batch, is put at place `i` of the columns. */
interface Put {
  record(memory: Memory, i: number, record: object): void;
  from(memory: Memory, i: number, columns: object, j: number): void;
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
  private room: number;
  private count = 0;

  constructor(schema: Schema<F>, capacity?: number, codegen = codegenAllowed()) {
    this.schema = schema;
    this.capacity = Math.max(1, capacity ?? COLUMN_BYTES / Math.max(...schema.fields.map(({ bytes }) => bytes)));
    this.put = codegen ? compiledPut(schema) : plainPut(schema);
    this.room = this.capacity;
    this.memory = this.allocate();
  }

  get length(): number {
    return this.count;
  }

  push(record: FieldsRecord<F>): void {
    if (this.count === this.room) this.grow();
    this.put.record(this.memory, this.count, record);
    this.count += 1;
  }

  pushFrom(batch: Columns<F>, i: number): void {
    if (this.count === this.room) this.grow();
    this.put.from(this.memory, this.count, batch.columns, i);
    this.count += 1;
  }

  finish(): Columns<F> {
    const { memory, schema, count, room } = this;
    const columns: Record<string, ColumnOf<ColumnType>> = {};
    for (let f = 0; f < memory.length; f++) {
      const column = memory[f] as Growing;
      const { name } = schema.fields[f] as Field;
      columns[name] = column instanceof Utf8Appender ? new Utf8Column(column.offsets, column.bytes) : column;
    }
    this.count = 0;
    this.room = this.capacity;
    this.memory = this.spare.pop() ?? this.allocate();
    const onReleased = room === this.capacity ? () => this.reclaim(memory) : undefined;
    return new Columns(schema, count, columns as ColumnsOf<F>, onReleased && { onReleased });
  }

  /** Takes back the memory of a batch that nobody holds any more. */
  private reclaim(memory: Memory): void {
    if (this.spare.length >= SPARE) return;
    for (const column of memory) if (column instanceof Utf8Appender) column.offsets[0] = 0;
    this.spare.push(memory);
  }

  private allocate(): Memory {
    return this.schema.fields.map(({ type, bytes }) =>
      type === "utf8"
        ? new Utf8Appender(this.capacity, new Uint8Array(COLUMN_BYTES))
        : viewColumn(type, new ArrayBuffer(this.capacity * bytes), 0, this.capacity),
    );
  }

  private grow(): void {
    const room = this.room * 2;
    this.memory = this.memory.map((column, f) => {
      const { type, bytes } = this.schema.fields[f] as Field;
      if (column instanceof Utf8Appender) {
        column.grow(room);
        return column;
      }
      const grown = viewColumn(type as Exclude<ColumnType, "utf8">, new ArrayBuffer(room * bytes), 0, room);
      grown.set(column);
      return grown;
    });
    this.room = room;
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
