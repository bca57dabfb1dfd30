// Values by key within each time. After timely dataflow's `aggregate`.

import { type Rows, rows } from "../../batch/index.ts";
import { Stash } from "../stash.ts";
import type { Stream, Through } from "../stream.ts";
import { byKey } from "./exchange.ts";
import { unaryFrontier } from "./unary.ts";

/** A key that a `Map` tells apart as the hashes do. Make a string of what has several parts. */
export type PlainKey = number | string | boolean | bigint;

/** How rows are aggregated. */
export interface Aggregation<D, K extends PlainKey, S, R> {
  /** What a record belongs to. */
  readonly key: (record: D) => K;
  /** The state of a key before its first record at a time. */
  readonly initial: (key: K) => S;
  /** The state after one more record. May change `state` and return it. */
  readonly fold: (state: S, record: D) => S;
  /** What is sent for a key at the end of a time. */
  readonly emit: (key: K, state: S) => R;
  /** The u32 hash by which keys find their workers. Default: that of `keys`. */
  readonly hash?: (key: K) => number;
}

/**
 * Brings the rows of a key together, folds those of each time in no particular order, and sends one record for every key and time once
 * the time has passed.
 */
export function aggregate<T, D, K extends PlainKey, S, R>(
  how: Aggregation<D, K, S, R>,
): Through<Stream<T, Rows<D>>, Stream<T, Rows<R>>> {
  const { key, initial, fold, emit, hash } = how;
  return (stream) =>
    unaryFrontier<T, Rows<D>, Rows<R>>("aggregate", byKey(key, hash), rows<R>(), (first) => {
      first.release();
      // In objects, so that a record costs one look-up.
      const stash = new Stash(stream.scope.domain, () => new Map<K, { state: S }>());
      return (input, output) => {
        input.forEach((right, batch) => {
          const states = stash.at(right);
          const { data } = batch;
          for (let i = 0; i < data.length; i++) {
            const record = data[i] as D;
            const name = key(record);
            const entry = states.get(name);
            if (entry === undefined) states.set(name, { state: fold(initial(name), record) });
            else entry.state = fold(entry.state, record);
          }
        });
        stash.passed([input.frontier], (capability, states) => {
          const session = output.session(capability);
          states.forEach(({ state }, name) => {
            session.give(emit(name, state));
          });
        });
      };
    })(stream);
}
