// Shapes of the operators that divide, delay, count, aggregate and hold streams, over integer times.

import {
  accumulate,
  aggregate,
  branch,
  branchWhen,
  broadcast,
  byColumns,
  byKey,
  byWorker,
  type Capability,
  type Columns,
  columns,
  concat,
  count,
  delay,
  delayBatch,
  exchange,
  integers,
  map,
  mapColumns,
  okErr,
  partition,
  type Rows,
  reclock,
  type Stream,
  stateMachine,
  toStream,
  u32,
  unorderedInput,
  utf8,
} from "../../../src/index.ts";
import { Multiset } from "../../oracle/multiset.ts";
import { drawFeed, drawIntegers, type Fed, flow, OutputError, recordsOf, type Shape } from "./shape.ts";
import { collect, watch } from "./watch.ts";

type Numbers<T = number> = Stream<T, Rows<number>>;
type Keyed = readonly [key: number, n: number];

/** Sums by time and key, as plainly as can be. */
function totals(fed: readonly Fed<number, number>[], keys: number): [number, [key: number, n: number]][] {
  const sums = new Map<string, [number, [number, number]]>();
  for (const [time, n] of recordsOf(fed)) {
    const key = n % keys;
    const entry = sums.get(`${time}/${key}`) ?? [time, [key, 0]];
    entry[1][1] += n;
    sums.set(`${time}/${key}`, entry);
  }
  return [...sums.values()];
}

const accumulated = flow<number, Rows<number>, Rows<Keyed>>({
  name: "what each worker accumulates of a time",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream], scope) =>
    (stream as Numbers).pipe(
      exchange(byWorker((n: number) => n)),
      accumulate(
        () => 0,
        (sum, batch: Rows<number>) => batch.data.reduce((a, b) => a + b, sum),
      ),
      map((sum: number): Keyed => [scope.index, sum]),
      watch(),
    ),
  expect: ([fed], workers) => totals(fed ?? [], workers),
});

const counted = flow<number, Rows<number>, Rows<number>>({
  name: "counts of delayed records",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 5, records: 4 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      delay((n: number, time) => time + (n % 4)),
      watch(),
      exchange(byWorker(() => 0)),
      count(),
      watch(),
    ),
  expect: ([fed]) => {
    const counts = new Map<number, number>();
    for (const [time, n] of recordsOf(fed ?? [])) counts.set(time + (n % 4), (counts.get(time + (n % 4)) ?? 0) + 1);
    return [...counts];
  },
});

const aggregated = flow<number, Rows<number>, Rows<Keyed>>({
  name: "aggregate of windows by key",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 6, records: 3 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      delayBatch((time) => time - (time % 3) + 2),
      watch(),
      aggregate({
        key: (n: number) => n % 4,
        initial: () => 0,
        fold: (sum, n) => sum + n,
        emit: (key, sum): Keyed => [key, sum],
      }),
      watch(),
    ),
  expect: ([fed]) =>
    totals(
      (fed ?? []).map(({ time, records }) => ({ time: time - (time % 3) + 2, records })),
      4,
    ),
});

/** What a key knew before each time at which it gets records; at every third time it is forgotten. */
interface Memory {
  at: number;
  before: number;
  sum: number;
}

function remember(state: Memory, n: number, give: (known: Keyed) => void, time: number): Memory | undefined {
  if (state.at !== time) {
    state.before = state.sum;
    state.at = time;
  }
  state.sum += n;
  give([n % 3, state.before]);
  return time % 3 === 2 ? undefined : state;
}

const fresh = (): Memory => ({ at: -1, before: 0, sum: 0 });

const machine = flow<number, Rows<number>, Rows<Keyed>>({
  name: "a state machine sees the times before",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 6, records: 4 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      stateMachine({ key: (n: number) => n % 3, initial: fresh, step: remember, hash: (key) => 5 - key }),
      watch(),
      exchange(byKey(([key]: Keyed) => key + 1)),
    ),
  expect: ([fed]) => {
    const states = new Map<number, Memory>();
    const known: [number, Keyed][] = [];
    const inOrder = [...recordsOf(fed ?? [])].sort(([a], [b]) => a - b);
    for (const [time, n] of inOrder) {
      const next = remember(states.get(n % 3) ?? fresh(), n, (each) => known.push([time, each]), time);
      if (next === undefined) states.delete(n % 3);
      else states.set(n % 3, next);
    }
    return known;
  },
});

const clocked = flow<number, Rows<number>, Rows<number>>({
  name: "a stream held until a clock ticks",
  plan: (random, workers) => [
    drawIntegers(random, workers, 20, { times: 6, records: 3 }),
    drawIntegers(random, workers, 2, { times: 3, records: 1 }),
  ],
  build: ([stream, clock]) =>
    (stream as Numbers).pipe(
      reclock((clock as Numbers).pipe(broadcast())),
      watch(),
      exchange((n: number) => n),
    ),
  expect: ([fed, ticks]) => {
    const times = [...recordsOf(ticks ?? [])].map(([time]) => time).sort((a, b) => a - b);
    return [...recordsOf(fed ?? [])].flatMap(([time, n]): [number, number][] => {
      const tick = times.find((each) => each >= time);
      return tick === undefined ? [] : [[tick, n]];
    });
  },
});

const outcomes = flow<number, Rows<number>, Rows<string>>({
  name: "divided by outcome, by time and by record",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream]) => {
    const { yes: early, no: late } = (stream as Numbers).pipe(branchWhen((time) => time < 3));
    const { ok, err } = early.pipe(
      exchange((n: number) => n),
      okErr((n: number) => (n % 3 === 0 ? { ok: false, error: `no ${n}` } : { ok: true, value: n / 2 })),
    );
    const { yes, no } = late.pipe(branch((n: number, time) => n > time));
    return ok.pipe(
      map((half) => `half ${half}`),
      concat(
        err,
        yes.pipe(
          exchange((n: number) => n),
          map((n: number) => `more ${n}`),
        ),
        no.pipe(map((n: number) => `less ${n}`)),
      ),
      watch(),
    );
  },
  expect: ([fed]) =>
    [...recordsOf(fed ?? [])].map(([time, n]) => {
      if (time < 3) return [time, n % 3 === 0 ? `no ${n}` : `half ${n / 2}`];
      return [time, n > time ? `more ${n}` : `less ${n}`];
    }),
});

const items = columns({ id: u32, name: utf8 });
type Items<T = number> = Stream<T, Columns<typeof items.types>>;

const divided = flow<number, Columns<typeof items.types>, Columns<typeof items.types>>({
  name: "columns divided, delayed and joined",
  layout: items,
  plan: (random, workers) => [
    drawFeed(random, workers, (from) => ({ id: from.below(50), name: "x".repeat(from.below(20)) })),
  ],
  build: ([stream]) => {
    const [first, second, third] = (stream as Items).pipe(
      exchange(byColumns(items, "id")),
      partition(3, ({ id }) => id % 3),
    ) as [Items, Items, Items];
    const later = second.pipe(
      delayBatch((time) => time + 2),
      exchange(byColumns(items, "name")),
    );
    const { yes, no } = third.pipe(branch(({ id }, time) => id > 10 * time));
    return first.pipe(
      mapColumns(items, ({ id, name }) => ({ id: id + 100, name })),
      concat(later, yes.pipe(delay(({ id }, time) => time + (id % 2))), no),
      watch(),
    );
  },
  expect: ([fed]) =>
    [...recordsOf(fed ?? [])].map(([time, { id, name }]) => {
      if (id % 3 === 0) return [time, { id: id + 100, name }];
      if (id % 3 === 1) return [time + 2, { id, name }];
      return [id > 10 * time ? time + (id % 2) : time, { id, name }];
    }),
});

/** The records that a worker has from the beginning. */
function known(index: number): number[] {
  return Array.from({ length: 30 + index }, (_, i) => 100 * index + i);
}

const fromStart = flow<number, Rows<number>, Rows<Keyed>>({
  name: "records known from the start",
  plan: (random, workers) => [drawIntegers(random, workers, 100)],
  build: ([stream], scope) =>
    toStream(scope, known(scope.index)).pipe(
      concat(stream as Numbers),
      watch(),
      aggregate({
        key: (n: number) => n % 7,
        initial: () => 0,
        fold: (sum, n) => sum + n,
        emit: (key, sum): Keyed => [key, sum],
      }),
    ),
  expect: ([fed], workers) => {
    const start = Array.from({ length: workers }, (_, index) => ({ time: 0, records: known(index) }));
    return totals([...start, ...(fed ?? [])], 7);
  },
});

/** Feeds an unordered input under several capabilities at once; what is sent is noted as it is sent. */
const unordered: Shape = {
  name: "an input fed at several times at once",
  prepare() {
    const difference = new Multiset(integers);
    return {
      *program(worker, whims) {
        const [feed, first] = worker.dataflow((scope) => {
          const start = unorderedInput<number>(scope);
          start[0].stream.pipe(
            watch(),
            exchange((n: number) => n),
            byTime(),
            watch(),
            collect((time, record) => difference.add(time, record)),
          );
          return start;
        });
        const held: Capability<number>[] = [first];
        for (let turns = whims.below(30); turns > 0 && held.length > 0; turns--) {
          yield;
          const at = whims.below(held.length);
          const capability = held[at] as Capability<number>;
          const what = whims.below(6);
          if (what === 0) held.push(capability.delayed(capability.time + whims.below(4)));
          else if (what === 1) capability.downgrade(capability.time + whims.below(3));
          else if (what === 2) {
            capability.release();
            held.splice(at, 1);
          } else {
            const n = whims.below(20);
            feed.send(capability, n);
            difference.add(capability.time, n, -1);
            if (whims.chance(0.2)) feed.flush();
          }
        }
        yield;
        for (const capability of held) capability.release();
      },
      check() {
        const lines = difference.lines();
        if (lines.length > 0) throw new OutputError(`more than was sent (less, if negative): ${lines.join("; ")}`);
      },
    };
  },
};

/** Holds the records of each time until it has passed. */
function byTime() {
  return (stream: Numbers): Numbers => stream.pipe(delay((_: number, time) => time));
}

export const operatorShapes: readonly Shape[] = [
  accumulated,
  counted,
  aggregated,
  machine,
  clocked,
  outcomes,
  divided,
  fromStart,
  unordered,
];
