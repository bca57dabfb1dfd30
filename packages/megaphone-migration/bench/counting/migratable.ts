// The counting operators whose bins can move.
import {
  type ControlRecord,
  columnStore,
  denseKey,
  hashStore,
  type MigrationEvent,
  type StatefulOptions,
  statefulUnary,
} from "@limmat/megaphone-migration";
import { batchFunction, byColumns, type Rows, type Stream, type Through } from "@limmat/timely-core";
import { type Counted, counted, type Occurrences, occurrences } from "./records.ts";

/** How bins move, as far as loads choose it. */
export type MovingOptions = Pick<StatefulOptions<number>, "bins" | "gating" | "budget" | "credit" | "zeroCopy">;

/** What an operator of either kind is given. */
interface Given {
  /** How many keys there are. */
  readonly keys: number;
  /** How many bits name a bin. */
  readonly bins: number;
  readonly control: Stream<number, Rows<ControlRecord>>;
  readonly log: ((event: MigrationEvent<number>) => void) | undefined;
  readonly moving: MovingOptions;
}

type Counting = Through<Stream<number, Occurrences>, Stream<number, Counted>>;

/** Counts keys in a hash table of bins. */
export function migratableHashCount({ bins, control, log, moving }: Given): Counting {
  const options = { key: byColumns(occurrences, "key"), control, ...moving, bins, ...(log && { log }) };
  return statefulUnary("count", options, counted, () => {
    const store = hashStore({ key: "u32", values: { count: "f64" } });
    const sums = store.columns.count;
    let slots = new Int32Array(2048);
    const count = batchFunction(counted, (input: Occurrences["columns"], { key, count }, n) => {
      if (slots.length < n) slots = new Int32Array(2 * n);
      key.set(input.key.subarray(0, n));
      store.upsertAll(key, n, slots);
      for (let i = 0; i < n; i++) count[i] = sums.add(slots[i] as number, 1);
      return n;
    });
    return { store, fold: (moment, batch) => moment.giveBatch(count(batch)) };
  });
}

/** Counts keys in arrays, one for each bin. */
export function migratableKeyCount({ keys, bins, control, log, moving }: Given): Counting {
  const options = { key: denseKey(occurrences, "key", bins), control, ...moving, bins, ...(log && { log }) };
  return statefulUnary("count", options, counted, () => {
    const store = columnStore({ keys, values: { count: "f64" } });
    const sums = store.columns.count;
    const count = batchFunction(counted, (input: Occurrences["columns"], { key, count }, n) => {
      key.set(input.key.subarray(0, n));
      for (let i = 0; i < n; i++) count[i] = sums.add(store.slot(key[i] as number), 1);
      return n;
    });
    return { store, fold: (moment, batch) => moment.giveBatch(count(batch)) };
  });
}
