// Records one by one: map, flatMap, filter.

import { Rows, rows } from "../../batch/index.ts";
import { filterLoop, flatMapLoop, mapLoop, type RowLoop } from "../../batch/row-loops.ts";
import { pipeline } from "../channels/pact.ts";
import type { Stream, Through } from "../stream.ts";
import { unary } from "./unary.ts";

/** The most records in a batch that a function made. */
const LARGEST = 4096;

/** Replaces each record by what `f` returns for it. */
export function map<T, D, E>(f: (record: D) => E): Through<Stream<T, Rows<D>>, Stream<T, Rows<E>>> {
  return throughLoop("map", () => mapLoop(f));
}

/** Replaces each record by any number of others. */
export function flatMap<T, D, E>(f: (record: D) => Iterable<E>): Through<Stream<T, Rows<D>>, Stream<T, Rows<E>>> {
  return throughLoop("flatMap", () => flatMapLoop(f));
}

/** Keeps the records for which `keep` holds. */
export function filter<T, D>(keep: (record: D) => boolean): Through<Stream<T, Rows<D>>, Stream<T, Rows<D>>> {
  return throughLoop("filter", () => filterLoop(keep));
}

function throughLoop<T, D, E>(
  name: string,
  make: () => RowLoop<D, E>,
): Through<Stream<T, Rows<D>>, Stream<T, Rows<E>>> {
  return unary<T, Rows<D>, Rows<E>>(name, pipeline, rows<E>(), () => {
    const loop = make();
    return (input, output) => {
      input.forEach((capability, batch) => {
        const session = output.session(capability);
        const records = loop(batch.data);
        // What one batch grew into goes on in pieces.
        if (records.length <= LARGEST) session.giveBatch(new Rows(records));
        else
          for (let i = 0; i < records.length; i += LARGEST) session.giveBatch(new Rows(records.slice(i, i + LARGEST)));
      });
    };
  });
}
