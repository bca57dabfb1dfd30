// Shapes that try the ways between workers: columns, odd values, messages larger than rings, batches that wait.

import {
  type Batch,
  binaryFrontier,
  broadcast,
  byHash,
  byWorker,
  type Columns,
  columns,
  concat,
  exchange,
  type FieldsRecord,
  f64,
  iterate,
  map,
  type Product,
  pipeline,
  type Rows,
  type Stream,
  u32,
  unary,
  utf8,
} from "../../../src/index.ts";
import type { Random } from "../../../src/simulation/index.ts";
import { drawFeed, drawIntegers, flow, recordsOf, type Shape } from "./shape.ts";
import { watch } from "./watch.ts";

const layout = columns({ id: u32, value: f64, name: utf8 });
type Fields = typeof layout.types;
type Item = FieldsRecord<Fields>;
type Items<T = number> = Stream<T, Columns<Fields>>;

const texts = ["", "a", "Zürich", "Limmat 🌊", "x".repeat(70), "\u0000\uffff"];

function drawItem(random: Random): Item {
  return { id: random.below(50), value: random.pick([0, -0, 0.5, -1e300, Number.NaN]), name: random.pick(texts) };
}

/** Spreads ids over the workers. */
const byId = byHash<Fields>((batch, hashes, n) => {
  for (let i = 0; i < n; i++) hashes[i] = Math.imul((batch.columns.id[i] as number) + 1, 0x9e3779b1) >>> 0;
});

const columnar = flow<number, Columns<Fields>, Columns<Fields>>({
  name: "columns, exchanged and broadcast",
  layout,
  plan: (random, workers) => [drawFeed(random, workers, drawItem)],
  build: ([stream]) => {
    const moved = (stream as Items).pipe(exchange(byId), watch());
    return moved.pipe(broadcast(), concat(moved), watch());
  },
  expect: ([fed], workers) =>
    [...recordsOf(fed ?? [])].flatMap((entry) => Array.from({ length: workers + 1 }, () => entry)),
});

function step<T>(keep: (id: number) => boolean) {
  return unary<T, Columns<Fields>, Columns<Fields>>("step", pipeline, layout, () => (input, output) => {
    input.forEach((right, batch) => {
      const session = output.session(right);
      for (let i = 0; i < batch.length; i++) {
        const id = batch.columns.id[i] as number;
        if (keep(id)) session.give({ ...batch.get(i), id: Math.max(0, id - 9) });
      }
    });
  });
}

const columnarLoop = flow<number, Columns<Fields>, Columns<Fields>>({
  name: "columns in a loop",
  layout,
  plan: (random, workers) => [drawFeed(random, workers, drawItem, { times: 2, records: 4 })],
  build: ([stream]) =>
    (stream as Items).pipe(
      iterate((entered: Items<Product<number, number>>) => {
        const moved = entered.pipe(exchange(byId), watch());
        return { again: moved.pipe(step((id) => id > 0)), out: moved.pipe(step((id) => id === 0)) };
      }),
    ),
  expect: ([fed]) => [...recordsOf(fed ?? [])].map(([time, item]) => [time, { ...item, id: 0 }]),
});

const oddities: readonly unknown[] = [
  undefined,
  null,
  true,
  -0,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  2 ** 53,
  10n ** 30n,
  -1n,
  "",
  "\ud800 lone",
  "🌊".repeat(40),
  [],
  [[], [undefined, null]],
  {},
  { "": 0, "a b": { nested: [1, "two", 3n] } },
  new Date(0),
  new Map<unknown, unknown>([
    ["k", new Set([1, -0, "x"])],
    [{ a: 1 }, undefined],
  ]),
  new Set(),
  new Uint8Array([1, 2, 255]),
  new Float64Array([Number.NaN, -0, 1.5]),
];

interface Addressed {
  readonly to: number;
  readonly value: unknown;
}

const odd = flow<number, Rows<Addressed>, Rows<unknown>>({
  name: "rows of odd values",
  plan: (random, workers) => [
    drawFeed(random, workers, (from): Addressed => ({ to: from.below(8), value: from.pick(oddities) })),
  ],
  build: ([stream]) =>
    (stream as Stream<number, Rows<Addressed>>).pipe(
      exchange(byWorker(({ to }: Addressed) => to)),
      watch(),
      map(({ value }): unknown => value),
      exchange(byWorker((value: unknown) => (typeof value === "object" ? 1 : 0))),
    ),
  expect: ([fed]) => [...recordsOf(fed ?? [])].map(([time, { value }]) => [time, value]),
});

const big = flow<number, Rows<string>, Rows<string>>({
  name: "messages larger than rings",
  plan: (random, workers) => [
    drawFeed(random, workers, (from) => `${from.below(9)}`.repeat(500 + from.below(3000)), { times: 2, records: 2 }),
  ],
  build: ([stream]) =>
    (stream as Stream<number, Rows<string>>).pipe(
      exchange(byWorker((text: string) => text.length)),
      watch(),
      map((text) => `${text}!`),
      exchange(byWorker((text: string) => text.charCodeAt(0))),
    ),
  expect: ([fed]) => [...recordsOf(fed ?? [])].map(([time, text]) => [time, `${text}!`]),
});

const tinyTimes = flow({
  name: "many times of one record",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 25, records: 1 })],
  build: ([stream]) =>
    (stream as Stream<number, Rows<number>>).pipe(
      exchange((n: number) => n),
      watch(),
      exchange((n: number) => n + 1),
    ),
  expect: ([fed]) => [...recordsOf(fed ?? [])],
});

/** Reads the first input only when the second has ended: its batches wait, and must not keep others from arriving. */
function second<B extends Batch>(
  other: Stream<number, B>,
  stream: Stream<number, B>,
  pact: Parameters<typeof exchange<number, B>>[0],
) {
  return stream.pipe(
    binaryFrontier<number, B, B, B>(other, "second first", pact, pact, stream.layout, (initial) => {
      initial.release();
      return (first, later, output) => {
        later.forEach((right, batch) => output.session(right).giveBatch(batch.retain() as B));
        if (later.frontier.isEmpty()) {
          first.forEach((right, batch) => output.session(right).giveBatch(batch.retain() as B));
        }
      };
    }),
  );
}

const patient = flow<number, Columns<Fields>, Columns<Fields>>({
  name: "columns that wait until another input has ended",
  layout,
  plan: (random, workers) => [
    drawFeed(random, workers, drawItem, { times: 4, records: 16 }),
    drawFeed(random, workers, drawItem, { times: 6, records: 3 }),
  ],
  build: ([first, other]) => second(other as Items, first as Items, byId).pipe(watch()),
  expect: (fed) => fed.flatMap((one) => [...recordsOf(one)]),
});

export const transportShapes: readonly Shape[] = [columnar, columnarLoop, odd, big, tinyTimes, patient];
