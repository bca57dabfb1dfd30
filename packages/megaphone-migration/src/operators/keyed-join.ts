// Two streams joined by key, in bins that move. Megaphone's reference has a join that keeps one left record a key; this one keeps all.

import { byKey, keys, type PlainKey, type Rows, rows, type Stream, type Through } from "@limmat/timely-core";
import { mapStore } from "../stores/index.ts";
import type { StatefulOptions } from "./options.ts";
import { statefulBinaryInput } from "./stateful-binary-input.ts";

/** How two streams are joined. */
export interface KeyedJoin<A, B, K extends PlainKey, R> {
  /** The key of a record of the stream. */
  readonly key1: (record: A) => K;
  /** The key of a record of the other stream. */
  readonly key2: (record: B) => K;
  /** What is sent for two records with one key. */
  readonly result: (first: A, second: B) => R;
  /** The u32 hash of a key. Default: that of `keys`. */
  readonly hash?: (key: K) => number;
}

/** A record and its time. */
type Timed<T, D> = readonly [time: T, record: D];

/** What is kept of a key. */
interface Sides<T, A, B> {
  readonly first: Timed<T, A>[];
  readonly second: Timed<T, B>[];
}

/**
 * Sends a record for every two records with equal keys, one of each stream, at the least time at or after both of theirs. All records are
 * kept for ever, as plain data, and times with them.
 */
export function keyedJoin<T, A, B, K extends PlainKey, R>(
  name: string,
  other: Stream<T, Rows<B>>,
  how: KeyedJoin<A, B, K, R>,
  options: StatefulOptions<T>,
): Through<Stream<T, Rows<A>>, Stream<T, Rows<R>>> {
  const { key1, key2, result } = how;
  const hash = how.hash ?? ((key: K) => keys.hash(key));
  const { domain } = other.scope;
  return statefulBinaryInput<T, Rows<A>, Rows<B>, R, Rows<R>>(
    name,
    other,
    { ...options, key1: byKey(key1, hash), key2: byKey(key2, hash) },
    rows<R>(),
    () => {
      const store = mapStore<K, Sides<T, A, B>>({ hash });
      const sides = (key: K): Sides<T, A, B> => {
        let found = store.get(key);
        if (found === undefined) {
          found = { first: [], second: [] };
          store.set(key, found);
        }
        return found;
      };
      return {
        store,
        consume1(moment, { data }) {
          const { time } = moment;
          for (const first of data) {
            const key = key1(first);
            const kept = sides(key);
            kept.first.push([time, first]);
            for (const [at, second] of kept.second) {
              if (domain.lessEqual(at, time)) moment.give(result(first, second));
              else moment.notifyAt(domain.join(at, time), hash(key), result(first, second));
            }
          }
        },
        consume2(moment, { data }) {
          const { time } = moment;
          for (const second of data) {
            const key = key2(second);
            const kept = sides(key);
            kept.second.push([time, second]);
            for (const [at, first] of kept.first) {
              if (domain.lessEqual(at, time)) moment.give(result(first, second));
              else moment.notifyAt(domain.join(at, time), hash(key), result(first, second));
            }
          }
        },
        due(moment, results) {
          for (const each of results) moment.give(each);
        },
      };
    },
  );
}
