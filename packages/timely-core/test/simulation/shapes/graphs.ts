// Shapes without cycles: how streams are split, joined, moved and nested.

import {
  broadcast,
  concat,
  enter,
  exchange,
  filter,
  flatMap,
  inspectBatch,
  leave,
  map,
  pipeline,
  type Rows,
  rows,
  type Stream,
  unary,
} from "../../../src/index.ts";
import { drawIntegers, type Fed, flow, recordsOf, type Shape } from "./shape.ts";
import { watch } from "./watch.ts";

type Numbers = Stream<number, Rows<number>>;
type Out = readonly [number, unknown];

/** The oracle of shapes that act on each record of all inputs by itself. */
function each(f: (n: number, time: number, workers: number) => readonly number[]) {
  return (fed: readonly (readonly Fed<number, number>[])[], workers: number): Out[] =>
    fed.flatMap((one) =>
      [...recordsOf(one)].flatMap(([time, n]) => f(n, time, workers).map((out): Out => [time, out])),
    );
}

const chain = flow({
  name: "chain",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      map((n: number) => n + 1),
      filter((n) => n % 3 !== 0),
      watch(),
      flatMap((n) => [n, -n]),
    ),
  expect: each((n) => ((n + 1) % 3 === 0 ? [] : [n + 1, -n - 1])),
});

const exchangeChain = flow({
  name: "exchange chain",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      exchange((n: number) => n),
      map((n) => n * 7),
      watch(),
      exchange((n) => n % 5),
      map((n) => n + 1),
      exchange((n) => n % 3),
    ),
  expect: each((n) => [n * 7 + 1]),
});

const diamond = flow({
  name: "diamond",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream]) => {
    const numbers = stream as Numbers;
    const moved = numbers.pipe(
      exchange((n: number) => n),
      map((n) => n + 100),
    );
    return numbers.pipe(
      map((n: number) => n),
      concat(moved),
      watch(),
      exchange((n) => n),
    );
  },
  expect: each((n) => [n, n + 100]),
});

const broadcasts = flow({
  name: "broadcast",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      broadcast(),
      map((n: number) => n * 2),
      watch(),
    ),
  expect: each((n, _time, workers) => Array.from({ length: workers }, () => n * 2)),
});

const broadcastOut = flow({
  name: "broadcast into a region and out of it",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 3, records: 3 })],
  build: ([stream], scope) =>
    scope
      .region("region", (inner) =>
        (stream as Numbers).pipe(
          enter(inner),
          broadcast(),
          map((n: number) => n + 1),
          leave(scope),
        ),
      )
      .pipe(broadcast(), watch()),
  expect: each((n, _time, workers) => Array.from({ length: workers * workers }, () => n + 1)),
});

const concatUneven = flow({
  name: "concat of inputs that advance unevenly",
  plan: (random, workers) => [
    drawIntegers(random, workers, 10, { times: 1 }),
    drawIntegers(random, workers, 10, { times: 6, records: 2 }),
    drawIntegers(random, workers, 10, { times: 0 }),
  ],
  build: ([first, second, third]) =>
    (first as Numbers).pipe(
      concat((second as Numbers).pipe(exchange((n: number) => n)), third as Numbers),
      watch(),
      exchange((n: number) => n),
    ),
  expect: each((n) => [n]),
});

const fanOut = flow({
  name: "several consumers of one stream",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream]) => {
    const source = (stream as Numbers).pipe(exchange((n: number) => n));
    // One consumer changes what it took; the others must not see it.
    const changed = source.pipe(
      unary<number, Rows<number>, Rows<number>>("change", pipeline, rows<number>(), () => (input, output) => {
        input.forEach((right, batch) => {
          const mine = batch.take();
          for (let i = 0; i < mine.data.length; i++) mine.data[i] = -(mine.data[i] as number);
          output.session(right).giveBatch(mine);
        });
      }),
    );
    const tripled = source.pipe(map((n: number) => n * 3));
    // A consumer that nobody reads.
    source.pipe(inspectBatch(() => {}));
    return source.pipe(concat(changed, tripled), watch());
  },
  expect: each((n) => [n, -n, n * 3]),
});

const region = flow({
  name: "region",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream], scope) =>
    scope.region("region", (inner) =>
      (stream as Numbers).pipe(
        enter(inner),
        map((n: number) => n + 1),
        exchange((n) => n),
        watch(),
        leave(scope),
      ),
    ),
  expect: each((n) => [n + 1]),
});

const nestedRegions = flow({
  name: "region in a region, with two ways in and out",
  plan: (random, workers) => [drawIntegers(random, workers), drawIntegers(random, workers, 5, { times: 2 })],
  build: ([first, second], scope) => {
    const [moved, kept] = scope.region("outer", (outer) => {
      const a = (first as Numbers).pipe(
        enter(outer),
        exchange((n: number) => n),
      );
      const b = (second as Numbers).pipe(enter(outer));
      const inside = outer.region("inner", (inner) => {
        const joined = a.pipe(
          enter(inner),
          map((n: number) => n + 1),
          concat(b.pipe(enter(inner))),
          watch(),
        );
        return joined.pipe(
          exchange((n: number) => n * 3),
          leave(outer),
        );
      });
      const back: Numbers = inside.pipe(leave(scope));
      const straight: Numbers = b.pipe(leave(scope));
      return [back, straight] as const;
    });
    return moved.pipe(
      concat(kept.pipe(map((n: number) => n + 1000))),
      exchange((n: number) => n),
      watch(),
    );
  },
  expect: ([first, second]) => [
    ...[...recordsOf(first ?? [])].map(([time, n]): Out => [time, n + 1]),
    ...[...recordsOf(second ?? [])].flatMap(([time, n]): Out[] => [
      [time, n],
      [time, n + 1000],
    ]),
  ],
});

const emptyPaths = flow({
  name: "an input that nobody reads and a scope that does nothing",
  plan: (random, workers) => [drawIntegers(random, workers), drawIntegers(random, workers)],
  build: ([first, second], scope) => {
    scope.region("idle", (inner) => {
      (second as Numbers).pipe(enter(inner));
      (second as Numbers).pipe(
        enter(inner),
        exchange((n: number) => n),
      );
    });
    return (first as Numbers).pipe(exchange((n: number) => n));
  },
  expect: ([first]) => [...recordsOf(first ?? [])],
});

export const graphShapes: readonly Shape[] = [
  chain,
  exchangeChain,
  diamond,
  broadcasts,
  broadcastOut,
  concatUneven,
  fanOut,
  region,
  nestedRegions,
  emptyPaths,
];
