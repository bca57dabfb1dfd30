// The operator that several tests run: running sums by key, each addition taken back a while later.

import { byKey, keys, type Rows, rows, type Stream, type Through } from "@limmat/timely-core";
import { type BinStore, type StatefulOptions, statefulUnary } from "../../src/index.ts";

/** An addition. */
export interface Add {
  readonly key: string;
  readonly by: number;
  /** Taken back that much later; 0 for never. */
  readonly after: number;
}

/** A sum as it became. */
export interface Sum {
  readonly key: string;
  readonly by: number;
  readonly time: number;
  readonly sum: number;
}

/** What `sums` keeps its state in. */
interface SumStore extends BinStore {
  get(key: string): number | undefined;
  set(key: string, value: number): void;
}

export const hashOf = (key: string): number => keys.hash(key);

/** Sums in a store that `make` makes. */
export function sums(
  options: StatefulOptions<number>,
  make: () => SumStore,
): Through<Stream<number, Rows<Add>>, Stream<number, Rows<Sum>>> {
  return statefulUnary("sums", { ...options, key: byKey((add: Add) => add.key, hashOf) }, rows<Sum>(), () => {
    const store = make();
    return {
      store,
      fold(moment, { data }) {
        const { time } = moment;
        for (const { key, by, after } of data) {
          const sum = (store.get(key) ?? 0) + by;
          store.set(key, sum);
          moment.give({ key, by, time, sum });
          if (after > 0) moment.notifyAt(time + after, hashOf(key), { key, by: -by, after: 0 });
        }
      },
    };
  });
}

/** What one thread makes of additions: every sum's last value at each time, and how each sum changed. */
export function expectedSums(records: readonly { readonly time: number; readonly add: Add }[]): {
  readonly last: string[];
  readonly changes: string[];
} {
  const events = records
    .flatMap(({ time, add: { key, by, after } }) => [
      { time, key, by },
      ...(after > 0 ? [{ time: time + after, key, by: -by }] : []),
    ])
    .sort((a, b) => a.time - b.time);
  const now = new Map<string, number>();
  return seenSums(
    events.map((event) => {
      const sum = (now.get(event.key) ?? 0) + event.by;
      now.set(event.key, sum);
      return { ...event, sum };
    }),
  );
}

/** The same of sums as they came out; those of one key and time in the order of their application. */
export function seenSums(results: readonly Sum[]): { readonly last: string[]; readonly changes: string[] } {
  const last = new Map<string, number>();
  for (const { key, time, sum } of results) last.set(`${key} at ${time}`, sum);
  return {
    last: [...last].map(([name, sum]) => `${name}: ${sum}`).sort(),
    changes: results.map(({ key, by, time }) => `${key} ${by} at ${time}`).sort(),
  };
}
