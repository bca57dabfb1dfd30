// Functions on columns (engine rule 12): a function per record becomes a loop over columns that is compiled for that
// function and schema, so that it stays monomorphic and the record object never exists; where code may not be made from
// strings, one shared loop does the same more slowly.

import { hashBytes, hashInteger, hashNumber, type Key, type KeyHash, keys, mix32 } from "../hash/index.ts";
import { codegenAllowed, compile, compileFor } from "./codegen.ts";
import type { Columns, ColumnsOf } from "./columns.ts";
import { ColumnsBuilder } from "./columns-builder.ts";
import type { OutputOf } from "./columns-memory.ts";
import {
  type ColumnOf,
  type ColumnType,
  type Field,
  type Fields,
  type FieldsRecord,
  type Schema,
  SchemaError,
} from "./schema.ts";
import { Utf8Appender, Utf8Column } from "./utf8-column.ts";

/**
 * Reads the first `n` records of `input` and writes records to `output` from index 0, which has room for `n`; returns
 * how many it wrote. Text columns of the output are appended to, value by value in order.
 */
export type BatchKernel<I extends Fields, O extends Fields> = (
  input: ColumnsOf<I>,
  output: OutputOf<O>,
  n: number,
) => number;

/** Writes the u32 hashes of the keys of the first `n` records of a batch to `hashes`. */
export type KeyKernel<F extends Fields> = (batch: Columns<F>, hashes: Uint32Array, n: number) => void;

/** How a function per record is made a kernel. */
export interface KernelOptions<F extends Fields, R extends keyof F> {
  /** The fields that the function reads, by default all: text that is not read need not be decoded. */
  readonly reads?: readonly R[];
  /** Whether the loop is compiled, by default when the platform allows it; the results are the same. */
  readonly codegen?: boolean;
}

/** What a function per record sees: an object with the fields it reads, its own from call to call. */
export type Reads<F extends Fields, R extends keyof F> = FieldsRecord<Pick<F, R>>;

/** The kernel that replaces each record by what `f` returns for it. Numbers are converted as typed arrays do. */
export function mapKernel<I extends Fields, O extends Fields, R extends keyof I = keyof I>(
  from: Schema<I>,
  to: Schema<O>,
  f: (record: Reads<I, R>) => FieldsRecord<O>,
  options: KernelOptions<I, R> = {},
): BatchKernel<I, O> {
  const reads = readFields(from, options.reads);
  if (!(options.codegen ?? codegenAllowed())) {
    return (input, output, n) => {
      const read = recordReader(reads, input);
      for (let i = 0; i < n; i++) {
        const record = f(read(i) as Reads<I, R>);
        for (let o = 0; o < to.fields.length; o++) {
          const { name, type } = to.fields[o] as Field;
          writeValue(output[name] as OutputColumn, type, i, record[name]);
        }
      }
      return n;
    };
  }
  const writes = to.fields.map(({ type, name }, o) => {
    if (type === "utf8") return `o${o}.append(i, r.${name});`;
    return type === "bool" ? `o${o}[i] = r.${name} ? 1 : 0;` : `o${o}[i] = r.${name};`;
  });
  return compileFor(
    f,
    `return function mapKernel(input, output, n) {
  ${declare("c", "input", reads)}${declare("o", "output", to.fields)}
  for (let i = 0; i < n; i++) {
    const r = f(${recordLiteral(reads)});
    ${writes.join("\n    ")}
  }
  return n;
};`,
  );
}

/** The kernel that keeps the records for which `keep` holds, in their order. */
export function filterKernel<F extends Fields, R extends keyof F = keyof F>(
  schema: Schema<F>,
  keep: (record: Reads<F, R>) => boolean,
  options: KernelOptions<F, R> = {},
): BatchKernel<F, F> {
  const reads = readFields(schema, options.reads);
  if (!(options.codegen ?? codegenAllowed())) {
    return (input, output, n) => {
      const read = recordReader(reads, input);
      let kept = 0;
      for (let i = 0; i < n; i++) {
        if (!keep(read(i) as Reads<F, R>)) continue;
        for (let o = 0; o < schema.fields.length; o++) {
          const { name } = schema.fields[o] as Field;
          copyValue(output[name] as OutputColumn, kept, input[name] as InputColumn, i);
        }
        kept++;
      }
      return kept;
    };
  }
  const copies = schema.fields.map(({ type }, o) =>
    type === "utf8" ? `o${o}.appendFrom(kept, s${o}, i);` : `o${o}[kept] = s${o}[i];`,
  );
  return compileFor(
    keep,
    `return function filterKernel(input, output, n) {
  ${declare("c", "input", reads)}${declare("s", "input", schema.fields)}${declare("o", "output", schema.fields)}
  let kept = 0;
  for (let i = 0; i < n; i++) {
    if (!f(${recordLiteral(reads)})) continue;
    ${copies.join("\n    ")}
    kept++;
  }
  return kept;
};`,
  );
}

/** How keys are hashed. */
export interface KeyKernelOptions<F extends Fields, R extends keyof F, K> extends KernelOptions<F, R> {
  /** The hash of what the function returns, by default that of any key. */
  readonly hash?: KeyHash<K>;
  /** Picks one hash of the family, default 0. */
  readonly seed?: number;
}

/**
 * The kernel that hashes a key of each record: a field, a tuple of fields, or what a function returns for the record.
 *
 * A field hashes as its value does by `keys` (text by its UTF-8 bytes), several fields as their tuple: rows and columns
 * with equal keys meet on one worker. Throws RangeError when `hashes` is shorter than `n`.
 */
export function keyKernel<F extends Fields, R extends keyof F = keyof F, K = Key>(
  schema: Schema<F>,
  key: (keyof F & string) | readonly (keyof F & string)[] | ((record: Reads<F, R>) => K),
  options: KeyKernelOptions<F, R, K> = {},
): KeyKernel<F> {
  const seed = (options.seed ?? 0) >>> 0;
  const codegen = options.codegen ?? codegenAllowed();
  const kernel =
    typeof key === "function"
      ? functionKernel(readFields(schema, options.reads), key, (options.hash ?? keys) as KeyHash<K>, seed, codegen)
      : fieldsKernel(readFields(schema, typeof key === "string" ? [key] : key), seed, codegen);
  return (batch, hashes, n) => {
    if (n > hashes.length) throw new RangeError(`${n} hashes don't fit into ${hashes.length}`);
    kernel(batch.columns, hashes, n);
  };
}

/** Makes a kernel a function of batches, whose memory is used again once they are released. */
export function batchFunction<I extends Fields, O extends Fields>(
  to: Schema<O>,
  kernel: BatchKernel<I, O>,
): (batch: Columns<I>) => Columns<O> {
  const builder = new ColumnsBuilder(to);
  return (batch) => {
    builder.fill(batch.length, (output) => kernel(batch.columns, output, batch.length));
    return builder.finish();
  };
}

type InputColumn = ColumnOf<ColumnType>;
type OutputColumn = OutputOf<Fields>[string];
type Hashing = (columns: object, hashes: Uint32Array, n: number) => void;

function functionKernel<K>(
  reads: readonly Field[],
  key: (record: never) => K,
  hash: KeyHash<K>,
  seed: number,
  codegen: boolean,
): Hashing {
  if (!codegen) {
    return (columns, hashes, n) => {
      const read = recordReader(reads, columns);
      for (let i = 0; i < n; i++) hashes[i] = hash.hash(key(read(i) as never), seed);
    };
  }
  return compile<(f: unknown, h: unknown, seed: number) => Hashing>(
    ["f", "hash", "seed"],
    `return function keyKernel(input, hashes, n) {
  ${declare("c", "input", reads)}
  for (let i = 0; i < n; i++) hashes[i] = hash.hash(f(${recordLiteral(reads)}), seed);
};`,
  )(key, hash, seed);
}

function fieldsKernel(fields: readonly Field[], seed: number, codegen: boolean): Hashing {
  if (!codegen) {
    return (columns, hashes, n) => {
      const sources = fields.map(({ name }) => (columns as Record<string, InputColumn>)[name] as InputColumn);
      for (let i = 0; i < n; i++) {
        let h = seed;
        for (let c = 0; c < sources.length; c++) h = hashValue(sources[c] as InputColumn, i, h);
        hashes[i] = h;
      }
    };
  }
  const steps = fields.map(({ type }, c) => {
    if (type === "utf8") return `h = hashBytes(c${c}.bytes, h, c${c}.offsets[i], c${c}.offsets[i + 1]);`;
    if (type === "f64" || type === "f32") return `h = hashNumber(c${c}[i], h);`;
    // What `hashInteger` comes to for values that are not negative.
    if (type === "i8" || type === "i16" || type === "i32") return `h = hashInteger(c${c}[i], h);`;
    return `h = mix32(c${c}[i] ^ h);`;
  });
  return compile<(...hashes: unknown[]) => Hashing>(
    ["hashBytes", "hashInteger", "hashNumber", "mix32", "seed"],
    `return function keyKernel(input, hashes, n) {
  ${declare("c", "input", fields)}
  for (let i = 0; i < n; i++) {
    let h = seed;
    ${steps.join("\n    ")}
    hashes[i] = h;
  }
};`,
  )(hashBytes, hashInteger, hashNumber, mix32, seed);
}

function hashValue(source: InputColumn, i: number, seed: number): number {
  if (source instanceof Utf8Column) return hashBytes(source.bytes, seed, source.offsets[i], source.offsets[i + 1]);
  return hashNumber(source[i] as number, seed);
}

function readFields<F extends Fields>(schema: Schema<F>, names: readonly PropertyKey[] | undefined): readonly Field[] {
  if (names === undefined) return schema.fields;
  return names.map((name) => {
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (field === undefined)
      throw new SchemaError(`there is no field ${String(name)} in ${schema.fingerprint}`, String(name));
    return field;
  });
}

/** `const c0 = input.src, c1 = input.dst;` */
function declare(prefix: string, source: string, fields: readonly Field[]): string {
  if (fields.length === 0) return "";
  return `const ${fields.map(({ name }, f) => `${prefix}${f} = ${source}.${name}`).join(", ")};\n  `;
}

/** `{ src: c0[i], up: c1[i] !== 0, name: c2.at(i) }` */
function recordLiteral(fields: readonly Field[]): string {
  const values = fields.map(({ name, type }, c) => {
    if (type === "utf8") return `${name}: c${c}.at(i)`;
    return type === "bool" ? `${name}: c${c}[i] !== 0` : `${name}: c${c}[i]`;
  });
  return `{ ${values.join(", ")} }`;
}

function recordReader(fields: readonly Field[], columns: object): (i: number) => Record<string, unknown> {
  const sources = fields.map(({ name }) => (columns as Record<string, InputColumn>)[name] as InputColumn);
  return (i) => {
    const record: Record<string, unknown> = {};
    for (let c = 0; c < fields.length; c++) {
      const { name, type } = fields[c] as Field;
      const source = sources[c] as InputColumn;
      if (source instanceof Utf8Column) record[name] = source.at(i);
      else record[name] = type === "bool" ? source[i] !== 0 : source[i];
    }
    return record;
  };
}

function writeValue(column: OutputColumn, type: ColumnType, i: number, value: unknown): void {
  if (column instanceof Utf8Appender) column.append(i, value as string);
  else if (type === "bool") column[i] = value ? 1 : 0;
  else column[i] = value as number;
}

function copyValue(column: OutputColumn, i: number, from: InputColumn, j: number): void {
  if (column instanceof Utf8Appender) column.appendFrom(i, from as Utf8Column, j);
  else column[i] = (from as Exclude<InputColumn, Utf8Column>)[j] as number;
}
