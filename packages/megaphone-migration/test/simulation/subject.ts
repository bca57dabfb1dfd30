// The stateful operator under test: the keyed state machine of the oracle on every form of operator that there is.

import { byKey, keys, type Rows, rows, type Stream } from "@limmat/timely-core";
import {
  type Either,
  type Moment,
  mapStore,
  type StatefulOptions,
  statefulBinary,
  statefulBinaryInput,
  statefulUnary,
  statefulUnaryInput,
} from "../../src/index.ts";
import { type Entry, type Item, type Order, type Out, sumAt } from "../oracle/keyed-machine.ts";

/** The forms of operator. */
export const forms = ["unary", "unary input", "binary", "binary input"] as const;
/** One of them. */
export type Form = (typeof forms)[number];

/** What comes out of the operator: what the oracle says, and what goes round a loop. */
export interface Given extends Out {
  readonly again: Item | undefined;
}

/** The hash of a key. */
export const hashOf = (key: number): number => keys.hash(key);

/** Adds the operator; unary forms don't read `second`. */
export function subject<T>(
  form: Form,
  name: string,
  order: Order<T>,
  first: Stream<T, Rows<Item>>,
  second: Stream<T, Rows<Item>>,
  options: StatefulOptions<T>,
): Stream<T, Rows<Given>> {
  const key = byKey((item: Item) => item.key, hashOf);
  const layout = rows<Given>();
  const { domain } = order;
  const machine = () => {
    const store = mapStore<number, Entry<T>[]>({ hash: hashOf });
    // biome-ignore lint/suspicious/noExplicitAny: what is post-dated differs by form
    const apply = (moment: Moment<T, any, Rows<Given>>, item: Item, post: (item: Item) => unknown = (same) => same) => {
      const { key, value, after, rounds, due } = item;
      const { time } = moment;
      const entries = store.get(key) ?? [];
      const again = rounds > 0 ? { ...item, after: [], rounds: rounds - 1, due: false } : undefined;
      moment.give({ key, value: due ? sumAt(domain, entries, time) : value, due, again });
      store.set(key, [...entries, { time, value, due }]);
      const [next, ...rest] = after;
      if (next === undefined) return;
      const later: Item = { ...item, after: rest, rounds: 0, due: true };
      moment.notifyAt(order.plus(time, next), hashOf(key), post(later));
    };
    return { store, apply };
  };
  switch (form) {
    case "unary":
      return first.pipe(
        statefulUnary(name, { ...options, key }, layout, () => {
          const { store, apply } = machine();
          return {
            store,
            fold: (moment, { data }) => {
              for (const item of data) apply(moment, item);
            },
          };
        }),
      );
    case "unary input":
      return first.pipe(
        statefulUnaryInput<T, Rows<Item>, Item, Rows<Given>>(name, { ...options, key }, layout, () => {
          const { store, apply } = machine();
          return {
            store,
            consume: (moment, { data }) => {
              for (const item of data) apply(moment, item);
            },
            due: (moment, items) => {
              for (const item of items) apply(moment, item);
            },
          };
        }),
      );
    case "binary":
      return first.pipe(
        statefulBinary(name, second, { ...options, key1: key, key2: key }, layout, () => {
          const { store, apply } = machine();
          const fold =
            (input: 1 | 2) =>
            (moment: Moment<T, Either<Item, Item>, Rows<Given>>, { data }: Rows<Item>) => {
              for (const item of data) apply(moment, item, (record): Either<Item, Item> => ({ input, record }));
            };
          return { store, fold1: fold(1), fold2: fold(2) };
        }),
      );
    case "binary input":
      return first.pipe(
        statefulBinaryInput<T, Rows<Item>, Rows<Item>, Item, Rows<Given>>(
          name,
          second,
          { ...options, key1: key, key2: key },
          layout,
          () => {
            const { store, apply } = machine();
            const consume = (moment: Moment<T, Item, Rows<Given>>, { data }: Rows<Item>) => {
              for (const item of data) apply(moment, item);
            };
            return {
              store,
              consume1: consume,
              consume2: consume,
              due: (moment, items) => {
                for (const item of items) apply(moment, item);
              },
            };
          },
        ),
      );
  }
}
