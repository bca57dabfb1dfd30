// Shapes over partial orders and lattices that users define: the diamond, and releases numbered (major, minor).

import {
  aggregate,
  branch,
  branchWhen,
  broadcast,
  byKey,
  concat,
  connectLoop,
  delay,
  delayBatch,
  enter,
  exchange,
  feedback,
  filter,
  iterate,
  leave,
  map,
  type Product,
  pair,
  product,
  type Rows,
  reclock,
  rows,
  type Stream,
  stateMachine,
  type TimeDomain,
} from "../../../src/index.ts";
import type { Random } from "../../../src/simulation/index.ts";
import { type Corner, corners, diamond, releases, type Version, versions } from "../../order/domains.ts";
import { drawIntegers, type Feed, flow, recordsOf, type Shape } from "./shape.ts";
import { watch } from "./watch.ts";

type Numbers<T> = Stream<T, Rows<number>>;
type Keyed = readonly [key: number, sum: number];

/** A domain, and a random step from a time to one at or after it. */
interface Order<T> {
  readonly name: string;
  readonly domain: TimeDomain<T>;
  step(time: T, random: Random): T;
}

const orders = {
  diamond: {
    name: "the diamond",
    domain: diamond,
    step: (time, random) => diamond.join(time, random.pick(corners)),
  } satisfies Order<Corner>,
  versions: {
    name: "versions",
    domain: versions,
    step: (time, random) =>
      random.chance(0.3) ? pair(time.outer + 1, random.below(3)) : pair(time.outer, time.inner + random.below(2)),
  } satisfies Order<Version>,
  // Two user-defined orders at once: releases on each corner of the diamond, neither of which orders the other.
  both: {
    name: "versions on the diamond",
    domain: product(diamond, versions),
    step: (time, random) =>
      random.chance(0.4)
        ? pair(orders.diamond.step(time.outer, random), time.inner)
        : pair(time.outer, orders.versions.step(time.inner, random)),
  } as Order<Product<Corner, Version>>,
};

/** Each worker goes a way of its own, so that where times are partially ordered they are often incomparable. */
function drawWalk<T>(order: Order<T>, random: Random, workers: number, steps = 5): Feed<T, number> {
  return Array.from({ length: workers }, () => {
    let time = order.domain.minimum;
    return Array.from({ length: random.below(steps + 1) }, () => {
      time = order.step(time, random);
      return { time, records: Array.from({ length: random.below(4) }, () => random.below(12)) };
    });
  });
}

function totals<T>(domain: TimeDomain<T>, fed: Iterable<readonly [T, number]>, keys: number): [T, [number, number]][] {
  const sums = new Map<string, [T, [number, number]]>();
  for (const [time, n] of fed) {
    const name = `${domain.key(time)}/${n % keys}`;
    const entry = sums.get(name) ?? [time, [n % keys, 0]];
    entry[1][1] += n;
    sums.set(name, entry);
  }
  return [...sums.values()];
}

/** Where a record goes: to the join of its time with the time that belongs to its number. */
function moved<T>({ domain }: Order<T>, marks: readonly T[], n: number, time: T): T {
  return domain.join(time, marks[n % marks.length] as T);
}

function aggregates<T>(order: Order<T>, marks: readonly T[]): Shape {
  return flow<T, Rows<number>, Rows<Keyed>>({
    name: `aggregates of delayed records over ${order.name}`,
    domain: order.domain,
    plan: (random, workers) => [drawWalk(order, random, workers), drawWalk(order, random, workers, 2)],
    build: ([first, second]) =>
      (first as Numbers<T>).pipe(
        delay((n: number, time: T) => moved(order, marks, n, time)),
        watch(),
        concat(second as Numbers<T>),
        aggregate({
          key: (n: number) => n % 3,
          initial: () => 0,
          fold: (sum, n) => sum + n,
          emit: (key, sum): Keyed => [key, sum],
        }),
        watch(),
      ),
    expect: ([first, second]) => {
      const late = [...recordsOf(first ?? [])].map(([time, n]) => [moved(order, marks, n, time), n] as const);
      return totals(order.domain, [...late, ...recordsOf(second ?? [])], 3);
    },
  });
}

/** The times that a key has seen; a record of an earlier time than one of them comes too late. */
function machines<T>(order: Order<T>): Shape {
  const { domain } = order;
  const before = (a: T, b: T) => domain.lessEqual(a, b) && domain.compare(a, b) !== 0;
  return flow<T, Rows<number>, Rows<string>>({
    name: `a state machine over ${order.name}`,
    domain,
    plan: (random, workers) => [drawWalk(order, random, workers)],
    build: ([stream]) =>
      (stream as Numbers<T>).pipe(
        exchange((n: number) => n + 1),
        stateMachine({
          key: (n: number) => n % 2,
          initial: (): T[] => [],
          step(seen, n, give: (line: string) => void, time: T) {
            give(seen.some((other) => before(time, other)) ? `${n} too late` : `${n}`);
            seen.push(time);
            return seen;
          },
        }),
        watch(),
      ),
    expect: ([fed]) => [...recordsOf(fed ?? [])].map(([time, n]) => [time, `${n}`]),
  });
}

/** Which tick a record leaves at is free where several come after it, so all are moved to the latest time afterwards. */
function clocks<T>(order: Order<T>, latest: T): Shape {
  const { domain } = order;
  return flow<T, Rows<number>, Rows<number>>({
    name: `a stream held until a clock ticks over ${order.name}`,
    domain,
    plan: (random, workers) => [drawWalk(order, random, workers), drawWalk(order, random, workers, 2)],
    build: ([stream, clock]) =>
      (stream as Numbers<T>).pipe(
        reclock((clock as Numbers<T>).pipe(broadcast())),
        watch(),
        delayBatch((time: T) => domain.join(time, latest)),
        watch(),
      ),
    expect: ([fed, ticks]) => {
      const times = [...recordsOf(ticks ?? [])].map(([time]) => time);
      return [...recordsOf(fed ?? [])].flatMap(([time, n]): [T, number][] =>
        times.some((tick) => domain.lessEqual(time, tick)) ? [[latest, n]] : [],
      );
    },
  });
}

/** Counts by key inside a loop whose times are pairs of a user-defined time and a round. */
function loop<T>(order: Order<T>, mark: T): Shape {
  const { domain } = order;
  type Inner = Product<T, number>;
  return flow<T, Rows<number>, Rows<Keyed>>({
    name: `aggregates in a loop over ${order.name}`,
    domain,
    plan: (random, workers) => [drawWalk(order, random, workers, 3)],
    build: ([stream]) => {
      const { yes, no } = (stream as Numbers<T>).pipe(branchWhen((time: T) => domain.lessEqual(mark, time)));
      return yes.pipe(
        concat(no),
        iterate((entered: Numbers<Inner>) => {
          const sums = entered.pipe(
            aggregate({
              key: (n: number) => n % 3,
              initial: () => 0,
              fold: (sum, n) => sum + n,
              emit: (key, sum): Keyed => [key, sum],
            }),
            watch(),
          );
          // Each round's sums are halved until nothing is left.
          return {
            again: sums.pipe(
              map(halved),
              filter((n) => n > 0),
            ),
            out: sums,
          };
        }),
        exchange(byKey(([key]: Keyed) => key)),
      );
    },
    expect: ([fed]) => {
      const out: [T, Keyed][] = [];
      let round: [T, number][] = [...recordsOf(fed ?? [])].map(([time, n]) => [time, n]);
      while (round.length > 0) {
        const sums = totals(domain, round, 3);
        for (const [time, sum] of sums) out.push([time, sum]);
        round = sums.map(([time, sum]): [T, number] => [time, halved(sum)]).filter(([, n]) => n > 0);
      }
      return out;
    },
  });
}

function halved([, sum]: Keyed): number {
  return Math.floor(sum / 2);
}

/** A loop whose rounds are minor versions, inside integers; odd records leave for the next major version. */
const refined = flow<number, Rows<number>, Rows<Keyed>>({
  name: "a loop in a scope of versions within integers",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 4, records: 3 })],
  build: ([stream], scope) =>
    scope.refined("releases", releases, (inner) => {
      const loop = feedback(inner, rows<number>(), pair(0, 1));
      const { yes: left, no: done } = (stream as Numbers<number>).pipe(
        enter(inner),
        concat(loop.stream),
        exchange((n: number) => n),
        watch(),
        branch((n: number) => n > 0),
      );
      left.pipe(
        delay((n: number, time: Version) => (n % 2 === 0 ? time : pair(time.outer + 1, time.inner))),
        map((n) => n - (n % 2 === 0 ? 6 : 3)),
        connectLoop(loop),
      );
      return done.pipe(
        aggregate({
          key: (n: number) => 0 - n,
          initial: () => 0,
          fold: (sum) => sum + 1,
          emit: (key, sum): Keyed => [key, sum],
        }),
        watch(),
        leave(scope),
        sums(),
        watch(),
      );
    }),
  expect: ([fed]) => {
    const ends = [...recordsOf(fed ?? [])].map(([time, n]): [number, number] => {
      let [at, left] = [time, n];
      while (left > 0) {
        at += left % 2;
        left -= left % 2 === 0 ? 6 : 3;
      }
      return [at, 0 - left];
    });
    const counts = new Map<string, [number, [number, number]]>();
    for (const [time, key] of ends) {
      const entry = counts.get(`${time}/${key}`) ?? [time, [key, 0]];
      entry[1][1] += 1;
      counts.set(`${time}/${key}`, entry);
    }
    return [...counts.values()];
  },
});

/** Adds up what several inner times sent for a key. */
function sums() {
  return aggregate<number, Keyed, number, number, Keyed>({
    key: ([key]) => key,
    initial: () => 0,
    fold: (sum, [, n]) => sum + n,
    emit: (key, sum) => [key, sum],
  });
}

const { diamond: corner, versions: release, both } = orders;

export const orderShapes: readonly Shape[] = [
  aggregates(corner, corners),
  aggregates(release, [pair(0, 0), pair(0, 3), pair(1, 1)]),
  aggregates(both, [pair("left", pair(0, 1)), pair("bottom", pair(1, 0)), pair("right", pair(0, 0))]),
  machines(corner),
  machines(release),
  machines(both),
  clocks<Corner>(corner, "top"),
  clocks<Version>(release, pair(99, 0)),
  clocks<Product<Corner, Version>>(both, pair("top", pair(99, 0))),
  refined,
  loop<Corner>(corner, "left"),
  loop<Product<Corner, Version>>(both, pair("left", pair(0, 1))),
];
