// Capture and replay: the same records at the same times and the same frontier, from any number of workers to any number of workers.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Antichain,
  type Batch,
  CaptureError,
  type CaptureEvent,
  type CaptureReader,
  capture,
  capturedBytes,
  captureInto,
  columns,
  eventLog,
  exchange,
  f64,
  input,
  inspect,
  integers,
  type Layout,
  map,
  OperatorError,
  type Product,
  pair,
  probe,
  product,
  type RecordOf,
  replay,
  rows,
  solo,
  type TimeDomain,
  u32,
  utf8,
} from "../../src/index.ts";
import { Random, simulate } from "../../src/simulation/index.ts";
import { Multiset } from "../oracle/multiset.ts";
import { collect, watch } from "../simulation/shapes/watch.ts";

/** What `workers` workers captured of a stream of random records: its bytes a worker, and the records with their times. */
function captured<T, B extends Batch>(
  seed: number,
  workers: number,
  domain: TimeDomain<T>,
  layout: Layout<B>,
  next: (time: T, random: Random) => T,
  draw: (random: Random) => RecordOf<B>,
) {
  const records = new Multiset(domain);
  const logs = Array.from({ length: workers }, () => eventLog<T, B>());
  const bytes: Uint8Array[][] = Array.from({ length: workers }, () => []);
  simulate({ seed, workers }, function* (worker, random) {
    const feed = worker.dataflow(domain, (scope) => {
      const feed = input<T, B>(scope, layout);
      const moved = feed.stream.pipe(moving(), watch());
      moved.pipe(capture(logs[worker.index] as (typeof logs)[number]));
      moved.pipe(captureInto((piece) => bytes[worker.index]?.push(piece)));
      moved.pipe(collect((time, record) => records.add(time, record)));
      return feed;
    });
    for (let i = random.below(6); i > 0; i--) {
      for (let j = random.below(5); j > 0; j--) feed.send(draw(random));
      yield;
      feed.advanceTo(next(feed.time, random));
    }
    feed.close();
  });
  return { records, logs, bytes: bytes.map(joined) };
}

/** Divides records over the workers in turn, whatever they are. */
function moving<T, B extends Batch>() {
  let count = 0;
  return exchange<T, B>({
    kind: "worker",
    target(batch: B, peers: number, targets: Uint32Array) {
      for (let i = 0; i < batch.length; i++) targets[i] = count++ % peers;
    },
  });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Replays readers on `workers` workers, each stream on one of them, and returns the records with their times. */
function replayed<T, B extends Batch>(
  seed: number,
  workers: number,
  domain: TimeDomain<T>,
  layout: Layout<B>,
  readers: readonly CaptureReader<T, B>[],
): Multiset<T> {
  const records = new Multiset(domain);
  simulate({ seed, workers }, function* (worker) {
    worker.dataflow(domain, (scope) => {
      const own = readers.filter((_, i) => i % workers === worker.index);
      replay(scope, layout, own).pipe(
        watch(),
        moving(),
        collect((time, record) => records.add(time, record)),
      );
    });
    yield;
  });
  return records;
}

/** A reader of bytes that come in pieces. */
function inPieces<T, B extends Batch>(bytes: Uint8Array, layout: Layout<B>, domain: TimeDomain<T>, random: Random) {
  const reader = capturedBytes(layout, domain);
  for (let at = 0; at < bytes.length; ) {
    const piece = 1 + random.below(200);
    reader.push(bytes.subarray(at, at + piece));
    at += piece;
  }
  reader.end();
  return reader;
}

const later = (time: number, random: Random): number => time + random.below(3);
const pairs = product(integers, integers);
const laterPair = ({ outer, inner }: Product<number, number>, random: Random): Product<number, number> =>
  pair(outer + random.below(2), inner + random.below(2));
const shapes = columns({ id: u32, weight: f64, name: utf8 });
const words = ["", "a", "Zürich", "x".repeat(300)];

type Kind = (seed: number, workers: number, readers: number) => void;

function law<T, B extends Batch>(
  domain: TimeDomain<T>,
  layout: Layout<B>,
  next: (time: T, random: Random) => T,
  draw: (random: Random) => RecordOf<B>,
): Kind {
  return (seed, capturing, replaying) => {
    const { records, logs, bytes } = captured(seed, capturing, domain, layout, next, draw);
    const random = new Random(seed);
    const ways = [
      logs.map((log) => log.reader()),
      logs.map((log) => log.reader()),
      bytes.map((each) => inPieces(each, layout, domain, random)),
    ];
    for (const readers of ways) {
      const again = replayed(seed + 1, replaying, domain, layout, readers);
      expect(again.lines(), `seed ${seed}`).toEqual(records.lines());
    }
  };
}

describe("replay(capture(s)) is s", () => {
  const kinds: [string, Kind][] = [
    ["rows at integer times", law(integers, rows<unknown>(), later, (random) => [random.below(9), random.pick(words)])],
    [
      "columns at integer times",
      law(integers, shapes, later, (random) => ({ id: random.below(9), weight: -0.5, name: random.pick(words) })),
    ],
    ["rows at partially ordered times", law(pairs, rows<unknown>(), laterPair, (random) => random.below(9))],
  ];
  it.each(kinds)("%s, by any number of workers to any number of workers", (_, kind) => {
    for (let seed = 0; seed < 60; seed++) kind(seed, 1 + (seed % 3), 1 + (Math.floor(seed / 3) % 4));
  });

  it("has at every moment the frontier of what was read of all streams together", () => {
    for (let seed = 0; seed < 60; seed++) {
      const { logs } = captured(seed, 2, pairs, rows<number>(), laterPair, (random) => random.below(9));
      const events = logs.map((log) => eventsOf(log.reader()));
      const random = new Random(seed);
      const cuts = events.map((all) => random.below(all.length + 1));
      const parts = events.map((all, i) => {
        const log = eventLog<Product<number, number>, ReturnType<ReturnType<typeof rows<number>>["empty"]>>();
        for (const event of all.slice(0, cuts[i])) log.push(event);
        return log;
      });
      const worker = solo();
      const done = worker.dataflow(pairs, (scope) =>
        replay(
          scope,
          rows<number>(),
          parts.map((log) => log.reader()),
        ).pipe(probe()),
      );
      while (worker.isBusy) worker.step();
      const expected = events.flatMap((all, i) => frontierOf(all.slice(0, cuts[i])));
      const least = new Antichain(pairs, expected);
      const sorted = (times: readonly Product<number, number>[]) => [...times].sort(pairs.compare);
      expect(sorted(done.frontier.elements), `seed ${seed}`).toEqual(sorted(least.elements));
      // The rest wakes the worker up.
      events.forEach((all, i) => {
        for (const event of all.slice(cuts[i])) parts[i]?.push(event);
      });
      worker.run();
      expect(done.done).toBe(true);
    }
  });
});

function eventsOf<T, B extends Batch>(reader: CaptureReader<T, B>): CaptureEvent<T, B>[] {
  const events: CaptureEvent<T, B>[] = [];
  for (let event = reader.next(); event !== undefined; event = reader.next()) events.push(event);
  return events;
}

/** The frontier after some events, by adding up the changes. */
function frontierOf(events: readonly CaptureEvent<Product<number, number>, Batch>[]): Product<number, number>[] {
  const counts = new Map<string | number, { time: Product<number, number>; count: number }>();
  const add = (time: Product<number, number>, diff: number): void => {
    const known = counts.get(pairs.key(time)) ?? { time, count: 0 };
    counts.set(pairs.key(time), { time, count: known.count + diff });
  };
  add(pairs.minimum, 1);
  for (const event of events) if (event.kind === "frontier") for (const [time, diff] of event.changes) add(time, diff);
  return [...counts.values()].filter(({ count }) => count > 0).map(({ time }) => time);
}

describe("an event log", () => {
  it("is read by another dataflow of the same worker while it is captured", () => {
    const worker = solo();
    const log = eventLog<number, ReturnType<ReturnType<typeof rows<number>>["empty"]>>({ keep: false });
    const seen: number[][] = [];
    const feed = worker.dataflow((scope) => {
      const feed = input<number>(scope);
      feed.stream.pipe(capture(log));
      return feed;
    });
    const done = worker.dataflow((scope) =>
      replay(scope, rows<number>(), [log.reader()]).pipe(
        map((n) => n * 2),
        inspect((n, time) => seen.push([time, n])),
        probe(),
      ),
    );
    for (let time = 0; time < 3; time++) {
      feed.send(time);
      feed.advanceTo(time + 1);
      worker.stepWhile(() => done.lessThan(time + 1));
    }
    feed.close();
    worker.run();
    expect(seen).toEqual([
      [0, 0],
      [1, 2],
      [2, 4],
    ]);
    expect(log.reader().next()).toBeUndefined();
  });
});

describe("CaptureError", () => {
  const pieces: Uint8Array[] = [];
  const worker = solo();
  const feed = worker.dataflow((scope) => {
    const feed = input(scope, shapes);
    feed.stream.pipe(captureInto((piece) => pieces.push(piece)));
    return feed;
  });
  for (let time = 0; time < 4; time++) {
    for (const name of words) feed.send({ id: time, weight: 0.5, name });
    feed.advanceTo(time + 1);
    worker.step();
  }
  feed.close();
  worker.run();
  const whole = joined(pieces);
  const read = (changed: Uint8Array): void => {
    const reader = capturedBytes(shapes);
    reader.push(changed);
    reader.end();
    for (let event = reader.next(); event !== undefined; event = reader.next()) {
      if (event.kind === "batch") event.batch.release();
    }
  };
  const caught = (changed: Uint8Array): CaptureError => {
    try {
      read(changed);
    } catch (error) {
      if (error instanceof CaptureError) return error;
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  it("for bytes cut off anywhere, with the offset where they end", () => {
    expect(whole.length).toBeGreaterThan(200);
    read(whole);
    for (let length = 0; length < whole.length; length++) {
      const error = caught(whole.slice(0, length));
      expect(error.code).toBe("CAPTURE");
      expect(error.offset).toBe(length);
      expect(error.message).toMatch(`byte ${length}: the stream ends in the middle`);
    }
  });

  it("for any byte that was changed, with an offset at or before it", () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = whole.slice();
        changed[at] = (changed[at] as number) ^ by;
        const { offset } = caught(changed);
        // A length that became larger shows where the bytes end.
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset <= at || offset === whole.length, `byte ${at}, error at ${offset}`).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("for bytes of something else, of another version, and of another layout or other times", () => {
    expect(caught(new TextEncoder().encode("something else")).message).toMatch(/byte 0: this is no captured stream/);
    const newer = whole.slice();
    newer[4] = 2;
    expect(caught(newer).message).toMatch(/version 2/);
    const asRows = capturedBytes(rows<number>());
    asRows.push(whole);
    expect(() => asRows.next()).toThrow(/is to be read as rows/);
    const asPairs = capturedBytes(shapes, pairs);
    asPairs.push(whole);
    expect(() => asPairs.next()).toThrow(CaptureError);
    expect(caught(joined([whole, whole])).message).toMatch(/behind the end/);
  });

  it("names the operator that replays", () => {
    const worker = solo();
    const reader = capturedBytes(shapes);
    reader.push(whole.subarray(0, 100));
    reader.end();
    worker.dataflow(function old(scope) {
      replay(scope, shapes, [reader]).pipe(probe());
    });
    expect(() => worker.run()).toThrow(/operator replay of dataflow old on worker 0: byte 100/);
    const again = solo();
    const log = eventLog<number, ReturnType<typeof shapes.empty>>();
    log.push({
      kind: "frontier",
      changes: [
        [4, 1],
        [0, -1],
      ],
    });
    log.push({ kind: "batch", time: 3, batch: shapes.empty() });
    again.dataflow((scope) => replay(scope, shapes, [log.reader()]).pipe(probe()));
    let error: unknown;
    try {
      again.run();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OperatorError);
    expect((error as OperatorError).cause).toBeInstanceOf(CaptureError);
  });
});
