// The machine that the simulation suite runs by key: it keeps all that it has seen, and puts out sums that tell whether it saw the right
// things before each record.

import { keys, type TimeDomain } from "@limmat/timely-core";
import type { Random } from "@limmat/timely-core/simulation";
import { type BinStore, type Moment, mapStore } from "../../src/index.ts";
import { type Job, returned } from "../oracle/machine-outputs.ts";
import { PlainStore } from "../oracle/plain-store.ts";
import type { Order } from "./orders.ts";

/** What was applied to a key. */
interface Seen<T> {
  readonly time: T;
  readonly value: number;
  readonly due: boolean;
}

/** What comes out. */
export interface Result {
  readonly key: number;
  readonly value: number;
  readonly text: string;
}

/** The hash by which bins are found. */
export const hash = (key: number): number => keys.hash(key);

type Store<T> = BinStore & {
  get(key: number): readonly Seen<T>[] | undefined;
  set(key: number, seen: readonly Seen<T>[]): void;
};

// biome-ignore lint/suspicious/noExplicitAny: moments of operators with other results serve as well
type AnyMoment<T> = Moment<T, Job, any>;

/** The machine on one worker. */
export function machine<T>({ domain, later }: Order<T>, kind: "map" | "plain") {
  const store: Store<T> =
    kind === "map" ? mapStore<number, readonly Seen<T>[]>({ hash }) : new PlainStore<number, readonly Seen<T>[]>(hash);
  const apply = (moment: AnyMoment<T>, jobs: readonly Job[], due: boolean): void => {
    const { time } = moment;
    for (const job of jobs) {
      const { key, value, hops, by } = job;
      const seen = store.get(key) ?? [];
      moment.give({ key, value, text: `key ${key}, value ${value} after ${sumOf(domain, seen, time, due)}` });
      store.set(key, [...seen, { time, value, due }]);
      if (hops > 0) moment.notifyAt(later(time, by), hash(key), returned(job));
    }
  };
  return {
    store,
    consume: (moment: AnyMoment<T>, { data }: { readonly data: readonly Job[] }) => apply(moment, data, false),
    due: (moment: AnyMoment<T>, jobs: readonly Job[]) => apply(moment, jobs, true),
  };
}

function sumOf<T>(domain: TimeDomain<T>, seen: readonly Seen<T>[], now: T, due: boolean): number {
  let sum = 0;
  for (const { time, value, due: wasDue } of seen) {
    if (!domain.lessEqual(time, now)) continue;
    if (domain.compare(time, now) !== 0 || (due && !wasDue)) sum += value;
  }
  return sum;
}

/** A random job. */
export function drawJob(random: Random): Job {
  const hops = random.chance(0.4) ? 1 + random.below(3) : 0;
  return { key: random.below(9), value: 1 + random.below(5), hops, by: 1 + random.below(4) };
}
