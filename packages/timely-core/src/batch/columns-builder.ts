// Building columnar batches record by record. The code that takes a record apart is compiled per schema where that is
// allowed.

import { codegenAllowed, compile } from "./codegen.ts";
import { Columns } from "./columns.ts";
import { type ColumnsMemory, type ColumnsPool, type Growing, type OutputOf, poolOf } from "./columns-memory.ts";
import type { Builder } from "./layout.ts";
import type { ColumnOf, ColumnType, Field, Fields, FieldsRecord, Schema } from "./schema.ts";
import { Utf8Appender, type Utf8Column } from "./utf8-column.ts";

/** How a record, or one record of a batch, is put at place `i` of the columns. */
interface Put {
  record(memory: Growing[], i: number, record: object): void;
  from(memory: Growing[], i: number, columns: object, j: number): void;
}

/** Collects records of a schema. */
export class ColumnsBuilder<F extends Fields> implements Builder<Columns<F>> {
  readonly capacity: number;
  private readonly schema: Schema<F>;
  private readonly pool: ColumnsPool<F>;
  private readonly put: Put;
  private memory: ColumnsMemory<F>;
  private count = 0;

  constructor(schema: Schema<F>, capacity?: number, codegen = codegenAllowed()) {
    this.schema = schema;
    this.pool = poolOf(schema);
    this.capacity = Math.max(1, capacity ?? this.pool.room);
    this.put = codegen ? compiledPut(schema) : plainPut(schema);
    this.memory = this.pool.take(this.capacity);
  }

  get length(): number {
    return this.count;
  }

  push(record: FieldsRecord<F>): void {
    const { memory } = this;
    if (this.count === memory.room) memory.grow();
    this.put.record(memory.columns, this.count, record);
    this.count += 1;
  }

  pushFrom(batch: Columns<F>, i: number): void {
    const { memory } = this;
    if (this.count === memory.room) memory.grow();
    this.put.from(memory.columns, this.count, batch.columns, i);
    this.count += 1;
  }

  /** Lets `write` write up to `n` records from index 0 into an empty builder; it returns how many it wrote. */
  fill(n: number, write: (output: OutputOf<F>) => number): void {
    if (this.count !== 0) throw new Error("a builder that holds records can't be filled: finish() it first");
    if (n > this.memory.room) {
      this.memory.onReleased();
      this.memory = this.pool.take(n);
    }
    const count = write(this.memory.toWrite());
    if (!(Number.isInteger(count) && count >= 0 && count <= n)) {
      throw new RangeError(`a kernel says it wrote ${count} records where there is room for ${n}`);
    }
    this.count = count;
  }

  finish(): Columns<F> {
    const { memory, schema, count } = this;
    this.count = 0;
    this.memory = this.pool.take(this.capacity);
    return new Columns(schema, count, memory.toRead(), memory);
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
