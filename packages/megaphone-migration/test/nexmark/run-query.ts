// Runs a query over a list of events that workers divide and feed at their own pace, while bins move at random; returns what it answered.
import {
  type Columns,
  type Fields,
  type Input,
  input,
  inspect,
  type Rows,
  type Stream,
  solo,
  type Worker,
} from "@limmat/timely-core";
import { Random, simulate } from "@limmat/timely-core/simulation";
import { Generator as EventGenerator } from "../../bench/nexmark/events/generator.ts";
import { auctions, bids, type Events, people } from "../../bench/nexmark/events/records.ts";
import { migratable, native, type QueryNumber } from "../../bench/nexmark/queries.ts";
import type { Windows } from "../../bench/nexmark/windows.ts";
import {
  allAtOnce,
  type BinMap,
  Bins,
  batched,
  type ControlRecord,
  controlRecords,
  difference,
  fluid,
  initialMap,
  optimized,
  type StatefulOptions,
} from "../../src/index.ts";
import type { Answer, EventList } from "../oracle/nexmark.ts";

/** Short windows: a dozen of query 7, and three of query 8, in 300 units of time. */
export const windows: Windows = { slide: 25, hot: 75, newcomers: 100 };

/** What is run. */
export interface Subject {
  readonly query: QueryNumber;
  readonly form: "native" | "migratable";
  /** Whether workers send each event at exactly its time, rather than at some time before. */
  readonly exact: boolean;
}

/** What was answered, and how many bins arrived somewhere. */
export interface Outcome {
  readonly answers: readonly Answer[];
  readonly installed: number;
}

/**
 * Three hundred events from the first on, or from when auctions are there that query 2 watches; some have equal times, and prices that are
 * often equal.
 */
export function someEvents(seed: number): EventList {
  const random = new Random(seed);
  const interval = random.pick([0.5, 1]);
  const generator = new EventGenerator({
    seed,
    start: 0,
    interval,
    inFlight: 1 + random.below(6),
    activePeople: 3,
    hotSellers: 1,
  });
  const numbers = { first: random.pick([0, 1700]), count: 300, stride: 1 };
  const round = random.pick([(price: number) => price, (price: number) => 10 ** Math.floor(Math.log10(price))]);
  return {
    people: recordsOf(generator.people(numbers)),
    auctions: recordsOf(generator.auctions(numbers)).map((each) => ({ ...each, reserve: round(each.reserve) })),
    bids: recordsOf(generator.bids(numbers)).map((each) => ({ ...each, price: round(each.price) })),
  };
}

function recordsOf<F extends Fields>(batch: Columns<F>) {
  return Array.from({ length: batch.length }, (_, i) => batch.get(i));
}

/** Runs a query in the simulator, or, where no workers are given, by the one worker of this thread. */
export function runQuery(subject: Subject, events: EventList, seed: number, workers?: number): Outcome {
  const answers: Answer[] = [];
  let installed = 0;
  function* program(worker: Worker, random: Random): Generator<void, void, void> {
    const bits = seed % 4;
    const { feeds, control } = worker.dataflow((scope) => {
      const feeds = { people: input(scope, people), auctions: input(scope, auctions), bids: input(scope, bids) };
      const streams = { people: feeds.people.stream, auctions: feeds.auctions.stream, bids: feeds.bids.stream };
      const control = input<ControlRecord>(scope, "control");
      const moving: StatefulOptions<number> = {
        control: control.stream,
        bins: bits,
        gating: seed % 5 === 0 ? "step" : "bin",
        budget: 1 + (seed % 7) * 10,
        credit: 1 + (seed % 6) * 20,
        log: ({ kind }) => {
          if (kind === "installed") installed += 1;
        },
      };
      const { query, form } = subject;
      const result = form === "native" ? native[query](streams, windows) : migratable[query](streams, moving, windows);
      result.pipe(inspect((record, at) => answers.push({ at, record })));
      return { feeds, control };
    });
    const feeding = feed(worker, feeds, events, random, subject.exact);
    const moving =
      worker.index === 0
        ? move(control, initialMap(new Bins(bits), worker.peers), worker, random)
        : [][Symbol.iterator]();
    if (worker.index > 0) control.close();
    for (let fed = false, moved = false; !(fed && moved); ) {
      if (random.chance(0.5)) fed = feeding.next().done === true;
      else moved = moving.next().done === true;
      if (random.chance(0.5)) yield;
    }
  }
  if (workers !== undefined) simulate({ seed, workers }, program);
  else {
    const worker = solo();
    for (const _ of program(worker, new Random(seed))) worker.step();
    worker.run();
  }
  return { answers, installed };
}

type Feeds = { readonly [K in keyof EventList]: Input<number, Events[K] extends Stream<number, infer B> ? B : never> };

/** Sends this worker's share, and closes. */
function* feed(worker: Worker, feeds: Feeds, events: EventList, random: Random, exact: boolean): Generator<void> {
  const { people, auctions, bids } = events;
  const { index, peers } = worker;
  const mine = [
    ...people.map((record) => ({ at: record.at, send: () => feeds.people.send(record) })),
    ...auctions.map((record) => ({ at: record.at, send: () => feeds.auctions.send(record) })),
    ...bids.map((record) => ({ at: record.at, send: () => feeds.bids.send(record) })),
  ]
    .sort((a, b) => a.at - b.at)
    .filter((_, i) => i % peers === index);
  const all = [feeds.people, feeds.auctions, feeds.bids];
  let time = 0;
  for (const { at, send } of mine) {
    if (at > time && (exact || random.chance(0.3))) {
      time = exact ? at : time + 1 + random.below(at - time);
      for (const each of all) each.advanceTo(time);
      yield;
    }
    send();
  }
  for (const each of all) each.close();
}

/** Moves bins to random places by random strategies, one migration after another, and closes. */
function* move(
  control: Input<number, Rows<ControlRecord>>,
  initial: BinMap,
  { peers }: Worker,
  random: Random,
): Generator<void> {
  let map = initial;
  let sequence = 0;
  while (control.time < 2000) {
    const target = map.map(() => random.below(peers));
    const strategy = random.pick([allAtOnce, fluid, batched(2), optimized]);
    const plan = strategy(difference(map, target));
    for (let step = 0; step < plan.length; step++) {
      for (const record of controlRecords(plan.step(step), sequence)) control.send(record);
      sequence += 1;
      control.advanceTo(control.time + 1 + random.below(20));
      yield;
    }
    map = target;
    control.advanceTo(control.time + 1 + random.below(200));
    yield;
  }
  control.close();
}
