// Shapes whose operators act on frontiers or keep capabilities: notifications, windows, joins, partially ordered times.

import {
  binaryFrontier,
  byWorker,
  type Capability,
  concat,
  exchange,
  filter,
  integers,
  iterate,
  map,
  OperatorBuilder,
  type Product,
  pair,
  pipeline,
  product,
  type Rows,
  rows,
  Stash,
  type Stream,
  type TimeDomain,
  unaryFrontier,
} from "../../../src/index.ts";
import type { Random } from "../../../src/simulation/index.ts";
import { type Version, versions } from "../../order/domains.ts";
import { drawIntegers, type Fed, type Feed, flow, recordsOf, type Shape } from "./shape.ts";
import { watch } from "./watch.ts";

type Numbers<T = number> = Stream<T, Rows<number>>;
type Sum = readonly [key: number, count: number, sum: number];

/** Sums the records of each key and time, once the time that `when` gives them has passed. */
function sums<T>(keys: number, when: (time: T) => T = (time) => time) {
  return unaryFrontier<T, Rows<number>, Rows<Sum>>(
    "sums",
    byWorker((n: number) => n % keys),
    rows<Sum>(),
    (initial) => {
      initial.release();
      let stash: Stash<T, Map<number, [number, number]>> | undefined;
      return (input, output) => {
        stash ??= new Stash(input.scope.domain, () => new Map());
        const waiting = stash;
        input.forEach((right, batch) => {
          const byKey = waiting.at(right, when(right.time));
          for (const n of batch.data) {
            const [count, sum] = byKey.get(n % keys) ?? [0, 0];
            byKey.set(n % keys, [count + 1, sum + n]);
          }
        });
        waiting.passed([input.frontier], (capability, byKey) => {
          const session = output.session(capability);
          for (const [key, [count, sum]] of byKey) session.give([key, count, sum]);
        });
      };
    },
  );
}

function sumsOf<T>(
  domain: TimeDomain<T>,
  keys: number,
  fed: readonly Fed<T, number>[],
  when: (time: T) => T = (time) => time,
): (readonly [T, Sum])[] {
  const found = new Map<string, [T, [number, number, number]]>();
  for (const [time, n] of recordsOf(fed)) {
    const at = when(time);
    const name = `${domain.key(at)}/${n % keys}`;
    const entry = found.get(name) ?? [at, [n % keys, 0, 0]];
    entry[1][1] += 1;
    entry[1][2] += n;
    found.set(name, entry);
  }
  return [...found.values()];
}

const aggregate = flow<number, Rows<number>, Rows<Sum>>({
  name: "sums of each time at its end",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream]) => (stream as Numbers).pipe(watch(), sums(3), watch()),
  expect: ([fed]) => sumsOf(integers, 3, fed ?? []),
});

const windowEnd = (time: number): number => time - (time % 3) + 2;

const windows = flow<number, Rows<number>, Rows<Sum>>({
  name: "windowed counts",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 6, records: 3 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      exchange((n: number) => n),
      sums(2, windowEnd),
      watch(),
      exchange(byWorker(([key]: Sum) => key + 1)),
    ),
  expect: ([fed]) => sumsOf(integers, 2, fed ?? [], windowEnd),
});

/** Passes each record on some activations later, at a later time. */
function delayed() {
  return unaryFrontier<number, Rows<number>, Rows<number>>("delay", pipeline, rows<number>(), (initial, info) => {
    initial.release();
    const waiting: { capability: Capability<number>; n: number; turns: number }[] = [];
    return (input, output) => {
      input.forEach((right, batch) => {
        for (const n of batch.data) waiting.push({ capability: right.delayed(right.time + (n % 4)), n, turns: n % 3 });
      });
      for (let i = waiting.length - 1; i >= 0; i--) {
        const entry = waiting[i] as (typeof waiting)[number];
        entry.turns -= 1;
        if (entry.turns >= 0) continue;
        output.session(entry.capability).give(entry.n);
        entry.capability.release();
        waiting.splice(i, 1);
      }
      if (waiting.length > 0) info.activate();
    };
  });
}

const delays = flow({
  name: "records that wait, and leave at later times",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      delayed(),
      exchange((n: number) => n),
      watch(),
    ),
  expect: ([fed]) => [...recordsOf(fed ?? [])].map(([time, n]) => [time + (n % 4), n]),
});

type Match = readonly [left: number, right: number];

const join = flow<number, Rows<number>, Rows<Match>>({
  name: "join of two inputs by time",
  plan: (random, workers) => [
    drawIntegers(random, workers, 9),
    drawIntegers(random, workers, 9, { times: 6, records: 2 }),
  ],
  build: ([left, right]) =>
    (left as Numbers).pipe(
      binaryFrontier<number, Rows<number>, Rows<number>, Rows<Match>>(
        right as Numbers,
        "join",
        byWorker((n: number) => n % 3),
        byWorker((n: number) => n % 3),
        rows<Match>(),
        (initial) => {
          initial.release();
          const stash = new Stash(integers, (): [number[], number[]] => [[], []]);
          return (first, second, output) => {
            first.forEach((at, batch) => {
              stash.at(at)[0].push(...batch.data);
            });
            second.forEach((at, batch) => {
              stash.at(at)[1].push(...batch.data);
            });
            stash.passed([first.frontier, second.frontier], (capability, [lefts, rights]) => {
              const session = output.session(capability);
              for (const a of lefts) for (const b of rights) if (a % 3 === b % 3) session.give([a, b]);
            });
          };
        },
      ),
      watch(),
    ),
  expect: ([left, right]) =>
    [...recordsOf(left ?? [])].flatMap(([time, a]) =>
      [...recordsOf(right ?? [])]
        .filter(([other, b]) => other === time && a % 3 === b % 3)
        .map(([, b]): [number, Match] => [time, [a, b]]),
    ),
});

const plane = product(integers, integers);
type Point = Product<number, number>;

/** Each worker walks the plane by a way of its own, so that their times are mostly incomparable. */
function drawPlane(random: Random, workers: number, steps: number): Feed<Point, number> {
  return Array.from({ length: workers }, () => {
    let time = pair(0, 0);
    return Array.from({ length: random.below(steps + 1) }, () => {
      time = random.chance(0.5)
        ? pair(time.outer + random.below(3), time.inner)
        : pair(time.outer, time.inner + random.below(3));
      return { time, records: Array.from({ length: random.below(4) }, () => random.below(12)) };
    });
  });
}

const partial = flow<Point, Rows<number>, Rows<Sum>>({
  name: "sums over partially ordered times",
  domain: plane,
  plan: (random, workers) => [drawPlane(random, workers, 5), drawPlane(random, workers, 2)],
  build: ([first, second]) =>
    (first as Numbers<Point>).pipe(concat(second as Numbers<Point>), watch(), sums(3), watch()),
  expect: (fed) => sumsOf(plane, 3, fed.flat()),
});

const partialLoop = flow<Point, Rows<number>, Rows<Sum>>({
  name: "iterate over partially ordered times",
  domain: plane,
  plan: (random, workers) => [drawPlane(random, workers, 3)],
  build: ([stream]) =>
    (stream as Numbers<Point>).pipe(
      iterate((entered) => {
        const next = entered.pipe(
          exchange((n: number) => n),
          map((n) => n - 5),
          watch(),
        );
        return { again: next.pipe(filter((n) => n > 0)), out: next.pipe(filter((n) => n <= 0)) };
      }),
      map((n: number) => n + 10),
      sums(2),
    ),
  expect: ([fed]) => {
    const ends = (fed ?? []).map(({ time, records }) => ({
      time,
      records: records.map((n) => 10 + n - 5 * Math.max(1, Math.ceil(n / 5))),
    }));
    return sumsOf(plane, 2, ends);
  },
});

const custom = flow<Version, Rows<number>, Rows<Sum>>({
  name: "sums over versions, a domain of the user's",
  domain: versions,
  plan: (random, workers) => [
    Array.from({ length: workers }, () => {
      let time = pair(0, 0);
      return Array.from({ length: random.below(5) }, () => {
        time = random.chance(0.3) ? pair(time.outer + 1, 0) : pair(time.outer, time.inner + random.below(2));
        return { time, records: Array.from({ length: random.below(4) }, () => random.below(12)) };
      });
    }),
  ],
  build: ([stream]) => (stream as Numbers<Version>).pipe(sums(3), watch()),
  expect: ([fed]) => sumsOf(versions, 3, fed ?? []),
});

/** Sends each record at three times, under capabilities that are used and released in a scrambled order. */
function scrambled() {
  return unaryFrontier<number, Rows<number>, Rows<number>>("scramble", pipeline, rows<number>(), (initial, info) => {
    const held: { capability: Capability<number>; n: number }[] = [];
    initial.release();
    let turn = 0;
    return (input, output) => {
      input.forEach((right, batch) => {
        for (const n of batch.data) {
          const late = right.delayed(right.time + 5);
          const now = right.retain();
          held.push({ capability: late, n }, { capability: now, n }, { capability: now.delayed(now.time + 2), n });
        }
      });
      for (let i = 0; i < 2 && held.length > 0; i++) {
        turn += 1;
        const [entry] = held.splice((turn * 7) % held.length, 1);
        if (entry === undefined) continue;
        const spare = entry.capability.clone();
        entry.capability.release();
        output.session(spare).give(entry.n);
        spare.downgrade(spare.time + 1);
        spare.release();
      }
      if (held.length > 0) info.activate();
    };
  });
}

const outOfOrder = flow({
  name: "capabilities released out of order",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 3, records: 2 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      scrambled(),
      exchange((n: number) => n),
      watch(),
    ),
  expect: ([fed]) =>
    [...recordsOf(fed ?? [])].flatMap(([time, n]) => [0, 2, 5].map((later): [number, number] => [time + later, n])),
});

const source = flow({
  name: "an operator that feeds itself",
  plan: () => [],
  build: (_, scope) => {
    const builder = new OperatorBuilder(scope, "source");
    const [output, stream] = builder.output(rows<number>());
    const { index, activate } = builder.info;
    builder.build(([capability]) => {
      let next = 0;
      return () => {
        if (capability === undefined || !capability.live) return;
        output.session(capability).give(10 * index + next);
        next += 1;
        if (next === 8 - index) capability.release();
        else capability.downgrade(2 * next);
        activate();
      };
    });
    return stream.pipe(
      exchange((n: number) => n),
      watch(),
    );
  },
  expect: (_, workers) =>
    Array.from({ length: workers }, (_, index) =>
      Array.from({ length: 8 - index }, (_, i): [number, number] => [2 * i, 10 * index + i]),
    ).flat(),
});

export const frontierShapes: readonly Shape[] = [
  aggregate,
  windows,
  delays,
  join,
  partial,
  partialLoop,
  custom,
  outOfOrder,
  source,
];
