// Shapes with cycles: at the root, in scopes, in scopes in scopes.

import {
  byWorker,
  concat,
  connectLoop,
  enter,
  exchange,
  feedback,
  filter,
  flatMap,
  iterate,
  leave,
  map,
  type Product,
  pair,
  type Rows,
  rows,
  Stash,
  type Stream,
  unaryFrontier,
} from "../../../src/index.ts";
import { distances } from "../../oracle/breadth-first.ts";
import { drawFeed, drawIntegers, flow, recordsOf, type Shape } from "./shape.ts";
import { watch } from "./watch.ts";

type Numbers<T = number> = Stream<T, Rows<number>>;
type Round<T> = Product<T, number>;
type Out = readonly [number, unknown];

const collatz = (n: number): number => (n % 2 === 0 ? n / 2 : 3 * n + 1);

function collatzEnd(n: number, most: number): number {
  let value = n;
  for (let round = 0; round < most && value > 1; round++) value = collatz(value);
  return value;
}

const local = flow({
  name: "iterate on each worker",
  plan: (random, workers) => [drawIntegers(random, workers, 12)],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      iterate((entered) => {
        const next = entered.pipe(map((n: number) => n - 4));
        return { again: next.pipe(filter((n: number) => n > 0)), out: next.pipe(filter((n: number) => n <= 0)) };
      }),
      watch(),
    ),
  expect: ([fed]) =>
    [...recordsOf(fed ?? [])].map(([time, n]): Out => {
      let left = n - 4;
      while (left > 0) left -= 4;
      return [time, left];
    }),
});

const exchanged = flow({
  name: "iterate with an exchange inside",
  plan: (random, workers) => [drawIntegers(random, workers, 8, { times: 3, records: 3 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      map((n: number) => ({ n, round: 0 })),
      iterate((entered) => {
        const next = entered.pipe(
          exchange(({ n }: { n: number; round: number }) => n),
          map(({ n, round }) => (n > 1 ? { n: collatz(n), round: round + 1 } : { n, round: 8 })),
          watch(),
        );
        return {
          again: next.pipe(filter(({ round }) => round < 8)),
          out: next.pipe(filter(({ round }) => round === 8)),
        };
      }),
      map(({ n }) => n),
    ),
  expect: ([fed]) => [...recordsOf(fed ?? [])].map(([time, n]): Out => [time, collatzEnd(n, 8)]),
});

/** A loop whose rounds are `inner` and a decrement, as long as `again` holds. */
function around<T>(again: (n: number) => boolean, inner: (stream: Numbers<Round<T>>) => Numbers<Round<T>>) {
  return (stream: Numbers<T>): Numbers<T> =>
    stream.pipe(
      iterate((entered) => {
        const next = inner(entered).pipe(
          map((n: number) => n - 1),
          watch(),
        );
        return { again: next.pipe(filter(again)), out: next.pipe(filter((n: number) => !again(n))) };
      }),
    );
}

function aroundOnce(n: number, again: (n: number) => boolean, inner: (n: number) => number): number {
  let value = n;
  do value = inner(value) - 1;
  while (again(value));
  return value;
}

const positive = (n: number): boolean => n > 0;
const odd = (n: number): boolean => n % 2 !== 0;
const noThird = (n: number): boolean => n % 3 !== 0;

const nested = flow({
  name: "iterate in iterate in iterate",
  plan: (random, workers) => [drawIntegers(random, workers, 9, { times: 2, records: 2 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      around(positive, (outer) =>
        outer.pipe(
          around(odd, (middle) =>
            middle.pipe(
              exchange((n: number) => n),
              around(noThird, (inner) => inner.pipe(exchange((n: number) => n + 1))),
            ),
          ),
        ),
      ),
    ),
  expect: ([fed]) =>
    [...recordsOf(fed ?? [])].map(
      ([time, n]): Out => [
        time,
        aroundOnce(n, positive, (outer) =>
          aroundOnce(outer, odd, (middle) => aroundOnce(middle, noThird, (inner) => inner)),
        ),
      ],
    ),
});

const atRoot = flow({
  name: "a loop at the root",
  plan: (random, workers) => [drawIntegers(random, workers, 6, { times: 3, records: 3 })],
  build: ([stream], scope) => {
    const loop = feedback(scope, rows<number>(), 2);
    const all = (stream as Numbers).pipe(
      concat(loop.stream),
      exchange((n: number) => n),
      watch(),
    );
    all.pipe(
      filter((n: number) => n > 0),
      map((n) => n - 1),
      connectLoop(loop),
    );
    return all;
  },
  expect: ([fed]) =>
    [...recordsOf(fed ?? [])].flatMap(([time, n]) =>
      Array.from({ length: n + 1 }, (_, i): Out => [time + 2 * i, n - i]),
    ),
});

const twoLoops = flow({
  name: "two loops in one scope",
  plan: (random, workers) => [drawIntegers(random, workers, 24, { times: 3, records: 3 })],
  build: ([stream], scope) =>
    scope.nested("loops", (inner) => {
      const slow = feedback(inner, rows<number>(), pair(0, 3));
      const fast = feedback(inner, rows<number>(), pair(0, 1));
      const all = (stream as Numbers).pipe(enter(inner), concat(slow.stream, fast.stream), watch());
      const left = all.pipe(filter((n: number) => n > 0));
      left.pipe(
        filter((n: number) => n % 2 === 0),
        map((n) => n / 2),
        exchange((n) => n),
        connectLoop(slow),
      );
      left.pipe(
        filter((n: number) => n % 2 === 1),
        exchange((n) => n),
        map((n) => n - 1),
        connectLoop(fast),
      );
      return all.pipe(
        filter((n: number) => n === 0),
        leave(scope),
      );
    }),
  expect: ([fed]) => [...recordsOf(fed ?? [])].map(([time]): Out => [time, 0]),
});

const twoWayLoop = flow({
  name: "a loop through two regions",
  plan: (random, workers) => [drawIntegers(random, workers, 6, { times: 2, records: 3 })],
  build: ([stream], scope) => {
    const loop = feedback(scope, rows<number>(), 1);
    const all = (stream as Numbers).pipe(concat(loop.stream));
    const less = scope.region("decrement", (inner) =>
      all.pipe(
        enter(inner),
        map((n: number) => n - 1),
        exchange((n) => n),
        leave(scope),
      ),
    );
    const left = scope.region("positive", (inner) =>
      less.pipe(
        enter(inner),
        watch(),
        filter((n: number) => n > 0),
        leave(scope),
      ),
    );
    left.pipe(connectLoop(loop));
    return less.pipe(watch());
  },
  expect: ([fed]) =>
    [...recordsOf(fed ?? [])].flatMap(([time, n]) =>
      Array.from({ length: Math.max(n, 1) }, (_, i): Out => [time + i, n - 1 - i]),
    ),
});

// A graph for all runs: what varies is roots, times and schedules.
const neighbours: readonly (readonly number[])[] = Array.from({ length: 24 }, (_, node) =>
  [(node * 7 + 3) % 24, (node * node + 1) % 24, node + 1].filter((next) => next < 24 && next !== node),
);

const breadthFirst = flow<number, Rows<number>, Rows<readonly number[]>>({
  name: "breadth-first search by iteration",
  plan: (random, workers) => [drawFeed(random, workers, (from) => from.below(24), { times: 2, records: 1 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      map((root: number): readonly number[] => [root, 0]),
      iterate((entered) => {
        const found = entered.pipe(firstVisits());
        const next = found.pipe(
          flatMap(([node = 0, distance = 0]: readonly number[]) =>
            (neighbours[node] ?? []).map((to): readonly number[] => [to, distance + 1]),
          ),
        );
        return { again: next, out: found };
      }),
    ),
  expect: ([fed]) => {
    const roots = new Map<number, number[]>();
    for (const [time, root] of recordsOf(fed ?? [])) roots.set(time, [...(roots.get(time) ?? []), root]);
    return [...roots].flatMap(([time, from]) => [...distances(neighbours, from)].map((pair): Out => [time, pair]));
  },
});

/** Lets a node pass in the first round that reaches it: waits until a round is complete. */
function firstVisits<T>() {
  return unaryFrontier<Round<T>, Rows<readonly number[]>, Rows<readonly number[]>>(
    "first visits",
    byWorker(([node = 0]) => node),
    rows<readonly number[]>(),
    (initial) => {
      initial.release();
      const visited = new Map<T, Set<number>>();
      let waiting: Stash<Round<T>, (readonly number[])[]> | undefined;
      return (input, output) => {
        waiting ??= new Stash(input.scope.domain, () => []);
        const stash = waiting;
        input.forEach((right, batch) => {
          stash.at(right).push(...batch.data);
        });
        stash.passed([input.frontier], (capability, found) => {
          const { outer } = capability.time;
          const seen = visited.get(outer) ?? new Set<number>();
          visited.set(outer, seen);
          const session = output.session(capability);
          for (const record of found) {
            const [node = 0] = record;
            if (seen.has(node)) continue;
            seen.add(node);
            session.give(record);
          }
        });
      };
    },
  );
}

const flood = flow({
  name: "a loop in which all workers flood each other",
  plan: (random, workers) => [drawFeed(random, workers, (from) => 4 + from.below(2), { times: 1, records: 2 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      map((n: number) => ({ n, ballast: "x".repeat(40 + n) })),
      iterate((entered) => {
        const next = entered.pipe(
          flatMap(({ n, ballast }: { n: number; ballast: string }) => [
            { n: n - 1, ballast, to: n },
            { n: n - 1, ballast, to: n + 1 },
            { n: n - 1, ballast, to: n + 2 },
          ]),
          exchange(byWorker(({ to }: { to: number; n: number; ballast: string }) => to)),
          map(({ n, ballast }) => ({ n, ballast })),
        );
        return { again: next.pipe(filter(({ n }) => n > 0)), out: next.pipe(filter(({ n }) => n === 0)) };
      }),
      watch(),
      map(({ ballast }) => ballast.length),
    ),
  expect: ([fed]) =>
    [...recordsOf(fed ?? [])].flatMap(([time, n]) => Array.from({ length: 3 ** n }, (): Out => [time, 40 + n])),
});

export const loopShapes: readonly Shape[] = [
  local,
  exchanged,
  nested,
  atRoot,
  twoLoops,
  twoWayLoop,
  breadthFirst,
  flood,
];
