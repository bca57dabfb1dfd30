// Records one by one: map, flatMap, filter.

import { type Rows, rows } from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import type { Stream, Through } from "../stream.ts";
import { unary } from "./unary.ts";

/** Replaces each record by what `f` returns for it. */
export function map<T, D, E>(f: (record: D) => E): Through<Stream<T, Rows<D>>, Stream<T, Rows<E>>> {
  return unary<T, Rows<D>, Rows<E>>("map", pipeline, rows<E>(), () => (input, output) => {
    input.forEach((capability, batch) => {
      const session = output.session(capability);
      const { data } = batch;
      for (let i = 0; i < data.length; i++) session.give(f(data[i] as D));
    });
  });
}

/** Replaces each record by any number of others. */
export function flatMap<T, D, E>(f: (record: D) => Iterable<E>): Through<Stream<T, Rows<D>>, Stream<T, Rows<E>>> {
  return unary<T, Rows<D>, Rows<E>>("flatMap", pipeline, rows<E>(), () => (input, output) => {
    input.forEach((capability, batch) => {
      const session = output.session(capability);
      const { data } = batch;
      for (let i = 0; i < data.length; i++) for (const record of f(data[i] as D)) session.give(record);
    });
  });
}

/** Keeps the records for which `keep` holds. */
export function filter<T, D>(keep: (record: D) => boolean): Through<Stream<T, Rows<D>>, Stream<T, Rows<D>>> {
  return unary<T, Rows<D>, Rows<D>>("filter", pipeline, rows<D>(), () => (input, output) => {
    input.forEach((capability, batch) => {
      const session = output.session(capability);
      const { data } = batch;
      for (let i = 0; i < data.length; i++) {
        const record = data[i] as D;
        if (keep(record)) session.give(record);
      }
    });
  });
}
