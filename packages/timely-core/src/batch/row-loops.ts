// Functions on rows: one loop per operator, compiled for it where the platform allows that, so that the function is inlined. A loop
// shared by several functions calls each of them through a pointer (engine rules 12 and 13).

import { codegenAllowed, compileFor } from "./codegen.ts";

/** Takes the records of one batch and returns those of another. */
export type RowLoop<D, E> = (data: readonly D[]) => E[];

/** Replaces each record by what `f` returns for it. */
export function mapLoop<D, E>(f: (record: D) => E, codegen = codegenAllowed()): RowLoop<D, E> {
  if (codegen) {
    return compileLoop(
      f,
      `const n = data.length, out = new Array(n);
  for (let i = 0; i < n; i++) out[i] = f(data[i]);
  return out;`,
    );
  }
  return (data) => {
    const out = new Array<E>(data.length);
    for (let i = 0; i < data.length; i++) out[i] = f(data[i] as D);
    return out;
  };
}

/** Keeps the records for which `keep` holds. */
export function filterLoop<D>(keep: (record: D) => boolean, codegen = codegenAllowed()): RowLoop<D, D> {
  if (codegen) {
    return compileLoop(
      keep,
      `const n = data.length, out = new Array(n);
  let kept = 0;
  for (let i = 0; i < n; i++) {
    const record = data[i];
    if (f(record)) out[kept++] = record;
  }
  if (kept < n) out.length = kept;
  return out;`,
    );
  }
  return (data) => data.filter((record) => keep(record));
}

/** Replaces each record by any number of others. */
export function flatMapLoop<D, E>(f: (record: D) => Iterable<E>, codegen = codegenAllowed()): RowLoop<D, E> {
  if (codegen) {
    return compileLoop(
      f,
      `const n = data.length, out = [];
  for (let i = 0; i < n; i++) {
    const records = f(data[i]);
    if (Array.isArray(records)) for (let j = 0; j < records.length; j++) out.push(records[j]);
    else for (const record of records) out.push(record);
  }
  return out;`,
    );
  }
  return (data) => {
    const out: E[] = [];
    for (let i = 0; i < data.length; i++) for (const record of f(data[i] as D)) out.push(record);
    return out;
  };
}

function compileLoop<D, E>(f: object, body: string): RowLoop<D, E> {
  return compileFor(f, `return function rowLoop(data) {\n  ${body}\n};`);
}
