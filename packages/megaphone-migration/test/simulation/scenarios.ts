// Scenarios: keyed data, a control stream and options by dice, run on the simulator, audited, and compared with the oracle.

import {
  concat,
  connectLoop,
  feedback,
  filter,
  type Input,
  input,
  inspect,
  integers,
  map,
  memoryStore,
  OperatorBuilder,
  type Product,
  pair,
  pipeline,
  product,
  type Rows,
  rows,
  type Scope,
  type Stream,
  type TimeDomain,
  type Worker,
} from "@limmat/timely-core";
import { Random, simulate } from "@limmat/timely-core/simulation";
import {
  audit,
  type BinMap,
  Bins,
  type ControlRecord,
  formatViolation,
  initialMap,
  type MigrationEvent,
  type StatefulOptions,
  type Violation,
} from "../../src/index.ts";
import { type Interpreted, type Item, interpret, type Order, type Out, type Shift } from "../oracle/keyed-machine.ts";
import { addCoverage, type Coverage, emptyCoverage, observed } from "./passages.ts";
import { type DrawnStep, drawSteps } from "./plans.ts";
import { type Form, forms, type Given, hashOf, subject } from "./subject.ts";

/** The kinds of scenario. */
export interface Shape {
  readonly name: string;
  readonly order: Order<never>;
  /** Records go round a loop. */
  readonly loop?: boolean;
  /** A second operator on the same control stream reads what the first one puts out. */
  readonly chain?: boolean;
  /** Runs crash and start again from checkpoints. */
  readonly crashes?: boolean;
}

/** An audit found something. */
class AuditError extends Error {}

class Crash extends Error {}

const line: Order<number> = {
  domain: integers,
  plus: (time, [right, up]) => time + right + up,
  round: [1, 0],
  summary: 1,
};
const plane: Order<Product<number, number>> = {
  domain: product(integers, integers) as TimeDomain<Product<number, number>>,
  plus: (time, [right, up]) => pair(time.outer + right, time.inner + up),
  round: [0, 1],
  summary: pair(0, 1),
};

/** All of them. */
export const shapes: readonly Shape[] = [
  { name: "totally ordered times", order: line as Order<never> },
  { name: "partially ordered times", order: plane as Order<never> },
  { name: "a loop", order: line as Order<never>, loop: true },
  { name: "a loop over partially ordered times", order: plane as Order<never>, loop: true },
  { name: "two operators on one control stream", order: line as Order<never>, chain: true },
  { name: "two operators, partially ordered times", order: plane as Order<never>, chain: true },
  { name: "crashes", order: line as Order<never>, crashes: true },
];

/** What is fed to an input by one worker, ascending. */
interface Lane<T> {
  readonly input: 0 | 1;
  readonly steps: readonly { readonly time: T; readonly items: readonly Item[] }[];
}

/** Everything that a seed decides but the schedule. */
interface Scenario<T> {
  readonly workers: number;
  readonly bins: Bins;
  readonly form: Form;
  readonly initial: BinMap | undefined;
  readonly lanes: readonly Lane<T>[];
  readonly steps: readonly DrawnStep<T>[];
  readonly options: Omit<StatefulOptions<T>, "control">;
}

function draw<T>(random: Random, { order, loop }: Shape): Scenario<T> {
  const { domain, plus } = order as unknown as Order<T>;
  const workers = random.pick([1, 2, 2, 3, 3, 4]);
  const bins = new Bins(random.below(4));
  const shift = (): Shift => (random.chance(0.5) ? [random.below(4), random.below(3)] : [1, 0]);
  const keys = 1 + random.below(9);
  const item = (): Item => ({
    key: random.below(keys),
    value: 1 + random.below(1000),
    after: random.chance(0.4) ? Array.from({ length: 1 + random.below(3) }, shift) : [],
    rounds: loop ? random.below(4) : 0,
    due: false,
  });
  const lanes = Array.from({ length: workers * 2 }, (_, i): Lane<T> => {
    let time = domain.minimum;
    const steps = Array.from({ length: random.below(7) }, () => {
      if (random.chance(0.8)) time = plus(time, shift());
      return { time, items: Array.from({ length: random.below(4) }, item) };
    });
    return { input: (i % 2) as 0 | 1, steps };
  });
  const initial = random.chance(0.3)
    ? Uint32Array.from({ length: bins.count }, () => random.below(workers))
    : undefined;
  return {
    workers,
    bins,
    form: random.pick(forms),
    initial,
    lanes,
    steps: drawSteps(random, order as unknown as Order<T>, workers, initial ?? initialMap(bins, workers), shift),
    options: {
      gating: random.pick(["bin", "bin", "step"]),
      budget: random.pick([1, 30, 200, 1e5]),
      credit: random.pick([1, 30, 200, 1e5]),
      preCopy: random.pick([0, 20, 1e6]),
    },
  };
}

/** A control record, and the time from which on it holds. */
interface Announcement<T> {
  readonly time: T;
  readonly record: ControlRecord;
}

/** Sends announcements at their own times, as a controller that holds the right to speak now does. */
function announce<T>(stream: Stream<T, Rows<Announcement<T>>>): Stream<T, Rows<ControlRecord>> {
  const builder = new OperatorBuilder(stream.scope, "announce");
  const port = builder.input(stream, pipeline);
  const [output, result] = builder.output(rows<ControlRecord>());
  builder.build((capabilities) => {
    for (const capability of capabilities) capability.release();
    return () => {
      port.forEach((right, { data }) => {
        for (const { time, record } of data) {
          const capability = right.delayed(time, 0);
          output.session(capability).give(record);
          capability.release();
        }
      });
    };
  });
  return result;
}

/** One run of a scenario, which may crash. */
interface Run<T> {
  readonly events: MigrationEvent<T>[];
  readonly outputs: (readonly [T, Given])[];
  readonly finals: (readonly [T, Given])[];
  from: { readonly time: T; readonly workers: number } | undefined;
  crashed: boolean;
  workers: number;
}

/** Runs a shape under a seed: throws `AuditError`, or what the run throws; returns what it went through. */
export function runScenario(shape: Shape, seed: number): Coverage {
  const coverage = emptyCoverage();
  observed(coverage, () => play(shape, seed, coverage));
  return coverage;
}

function play<T>(shape: Shape, seed: number, coverage: Coverage): void {
  const random = new Random(seed ^ 0x3c6ef372);
  const order = shape.order as unknown as Order<T>;
  const scenario = draw<T>(random, shape);
  const fed = scenario.lanes.flatMap(({ input, steps }) =>
    steps.flatMap(({ time, items }) =>
      isRead(scenario.form, input) ? items.map((item): readonly [T, Item] => [time, item]) : [],
    ),
  );
  const oracle = interpret(order, scenario.bins.bits, hashOf, fed);
  const second = shape.chain
    ? interpret(
        order,
        scenario.bins.bits,
        hashOf,
        oracle.outputs.map(([time, out]) => [time, follow(out)]),
      )
    : undefined;
  const finals = second ?? oracle;
  const store = memoryStore();
  const every = 1 + random.below(4);
  const done: (readonly [T, Given])[] = [];
  let before: (readonly [T, Given])[] = [];
  for (let number = 0; ; number++) {
    const run: Run<T> = {
      events: [],
      outputs: [],
      finals: [],
      from: undefined,
      crashed: false,
      workers: scenario.workers,
    };
    if (number > 0) run.workers = 1 + random.below(4);
    const patience = shape.crashes && number < 3 ? random.below(120) : Number.POSITIVE_INFINITY;
    const checkpoints = shape.crashes ? { checkpoints: { store, domain: order.domain, every } } : {};
    try {
      let actions = 0;
      simulate({ seed: seed * 8 + number, workers: run.workers, ...checkpoints }, (worker, whims) =>
        program(shape, order, scenario, run, worker, whims, () => {
          actions += 1;
          if (actions > patience) throw new Crash();
        }),
      );
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      run.crashed = true;
    }
    observeRun(run, coverage);
    const covers = (time: T): boolean => run.from !== undefined && order.domain.lessEqual(time, run.from.time);
    check(order, scenario, run, "first", oracle, covers, shape.chain === true ? run.outputs : undefined);
    if (second !== undefined) check(order, scenario, run, "second", second, covers, undefined);
    done.push(...before.filter(([time]) => covers(time)));
    before = run.finals.filter(([time]) => !covers(time));
    if (!run.crashed) break;
  }
  done.push(...before);
  const violations = audit<T>([], {
    operator: "all runs",
    domain: order.domain,
    bins: 0,
    workers: 1,
    outputs: { actual: texts(done), expected: texts(finals.outputs) },
  });
  refuse(violations);
}

/** Audits one operator of one run. */
function check<T>(
  { domain }: Order<T>,
  { bins, initial }: Scenario<T>,
  run: Run<T>,
  operator: string,
  oracle: Interpreted<T>,
  covers: (time: T) => boolean,
  outputs: Run<T>["outputs"] | undefined,
): void {
  const isRest = ([time]: readonly [T, unknown]): boolean => !covers(time);
  const at = run.from === undefined ? initial && modulo(initial, run.workers) : firstOwners(run.events, operator, bins);
  refuse(
    audit(run.events, {
      operator,
      domain,
      bins: bins.bits,
      workers: run.workers,
      ...(at === undefined ? {} : { initial: at }),
      ended: !run.crashed,
      ...(outputs === undefined
        ? {}
        : { outputs: { actual: texts(outputs), expected: texts(oracle.outputs.filter(isRest)) } }),
    }),
  );
}

function refuse<T>(violations: readonly Violation<T>[]): void {
  if (violations.length > 0) throw new AuditError(violations.slice(0, 6).map(formatViolation).join("\n"));
}

function texts<T>(records: readonly (readonly [T, Out])[]): (readonly [T, string])[] {
  return records.map(([time, { key, value, due }]) => [time, `${due ? "due " : ""}${value} of ${key}`]);
}

/** Where bins lived when a run started from a checkpoint: where the first thing happens to each. */
function firstOwners<T>(events: readonly MigrationEvent<T>[], operator: string, bins: Bins): BinMap {
  const owners = new Map<number, number>();
  const own = events.filter((event) => event.operator === operator);
  const first = (bin: number, worker: number): void => {
    if (!owners.has(bin)) owners.set(bin, worker);
  };
  for (const event of own) if (event.kind === "step") for (const { bin, from } of event.moves) first(bin, from);
  for (const event of own) if (event.kind === "applied") for (const bin of event.bins) first(bin, event.worker);
  return Uint32Array.from({ length: bins.count }, (_, bin) => owners.get(bin) ?? 0);
}

function modulo(initial: BinMap, workers: number): BinMap {
  return initial.map((worker) => worker % workers);
}

function isRead(form: Form, input: 0 | 1): boolean {
  return input === 0 || form.startsWith("binary");
}

/** What the second operator makes of what the first one puts out. */
function follow({ key, value }: { readonly key: number; readonly value: number }): Item {
  const after: Shift[] = value % 3 === 0 ? [[value % 4, value % 2]] : [];
  return { key: (key * 7 + value) % 11, value, after, rounds: 0, due: false };
}

function observeRun<T>(run: Run<T>, coverage: Coverage): void {
  const { events, from, crashed, workers } = run;
  coverage.runs += 1;
  let shipped = 0;
  for (const { kind } of events) {
    if (kind === "step") coverage.steps += 1;
    else if (kind === "installed") coverage.moved += 1;
    else if (kind === "cancelled") coverage.cancelled += 1;
    if (kind === "shipped") shipped += 1;
    if (kind === "installed") shipped -= 1;
  }
  if (crashed) coverage.crashes += 1;
  if (crashed && shipped > 0) coverage.midStep += 1;
  if (from === undefined) return;
  coverage.restored += 1;
  if (from.workers !== workers) coverage.rescaled += 1;
}

/** Builds the dataflow on one worker, and feeds it lane by lane, some lanes running far ahead of others. */
function* program<T>(
  shape: Shape,
  order: Order<T>,
  scenario: Scenario<T>,
  run: Run<T>,
  worker: Worker,
  whims: Random,
  act: () => void,
): Generator<void, void, void> {
  const { index, peers } = worker;
  run.from ??= worker.restored as Run<T>["from"];
  const covers = (time: T): boolean => run.from !== undefined && order.domain.lessEqual(time, run.from.time);
  const { first, second, control } = build(shape, order, scenario, run, worker);
  const feeds: { weight: number; next: Generator<void, void, void> }[] = [];
  const pace = (): number => whims.pick([1, 1, 1, 0.03, 4]);
  const mine = scenario.lanes.filter((_, i) => Math.floor(i / 2) % peers === index);
  ([first, second] as const).forEach((feed, i) => {
    const lanes = mine.filter(({ input }) => input === i).flatMap(({ steps }) => steps);
    const steps = lanes.filter(({ time }) => !covers(time));
    feeds.push({ weight: pace(), next: feedLane(order.domain, feed, steps) });
  });
  // One worker speaks for control, or all of them share the records of each step.
  const isShared = scenario.steps.length % 3 === 1;
  const announcements = scenario.steps
    .filter(({ time }) => !covers(time))
    .map(({ at, time, records }) => ({
      time: covers(at) ? time : at,
      items: records
        .filter((_, i) => (isShared ? i % peers === index : index === scenario.lanes.length % peers))
        .map((record): Announcement<T> => ({ time, record: onWorkers(record, peers) })),
    }));
  feeds.push({ weight: pace(), next: feedLane(order.domain, control, announcements) });
  while (feeds.length > 0) {
    act();
    if (whims.chance(0.6)) yield;
    let at = whims.below(1000) / 1000;
    const all = feeds.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = feeds.findIndex(({ weight }) => {
      at -= weight / all;
      return at < 0;
    });
    const feed = feeds[Math.max(chosen, 0)] as (typeof feeds)[0];
    if (feed.next.next().done) feeds.splice(feeds.indexOf(feed), 1);
  }
  for (let i = shape.crashes ? whims.below(80) : 0; i > 0; i--) {
    act();
    yield;
  }
}

function onWorkers(record: ControlRecord, peers: number): ControlRecord {
  if (record.kind === "map") return { ...record, workers: Array.from(record.workers, (worker) => worker % peers) };
  if (record.kind === "move") return { ...record, worker: record.worker % peers };
  return record;
}

/** Sends in the order of times, in which every lane has them; lanes of several workers that one has now are merged. */
function* feedLane<T, D>(
  domain: TimeDomain<T>,
  feed: Input<T, Rows<D>>,
  steps: readonly { readonly time: T; readonly items: readonly D[] }[],
): Generator<void, void, void> {
  const sorted = steps.toSorted((a, b) => domain.compare(a.time, b.time));
  for (const { time, items } of sorted) {
    if (domain.compare(feed.time, time) !== 0) {
      feed.advanceTo(time);
      yield;
    }
    for (const item of items) {
      feed.send(item);
      if (item !== items[0]) continue;
      feed.flush();
      yield;
    }
  }
  feed.close();
}

function build<T>(shape: Shape, order: Order<T>, scenario: Scenario<T>, run: Run<T>, worker: Worker) {
  const { form, bins, initial, options } = scenario;
  const note = (event: MigrationEvent<T>): void => {
    run.events.push(event);
  };
  const make = (scope: Scope<T>) => {
    const first = input<Item, T>(scope, "first");
    const second = input<Item, T>(scope, "second");
    const control = input<Announcement<T>, T>(scope, "control");
    const announced = announce(control.stream);
    const all: StatefulOptions<T> = {
      ...options,
      ...(initial === undefined ? {} : { initial: modulo(initial, worker.peers) }),
      control: announced,
      bins: bins.bits,
      log: note,
      logApplied: true,
    };
    let feed: Stream<T, Rows<Item>> = first.stream;
    const loop = shape.loop ? feedback<T, Rows<Item>>(scope, rows<Item>(), order.summary) : undefined;
    if (loop !== undefined) feed = feed.pipe(concat(loop.stream));
    let given = subject(form, "first", order, feed, second.stream, all);
    if (loop !== undefined) {
      given
        .pipe(
          filter(({ again }: Given) => again !== undefined),
          map(({ again }: Given) => again as Item),
        )
        .pipe(connectLoop(loop) as never);
    }
    if (shape.chain) {
      given = given.pipe(
        inspect((record, time) => {
          run.outputs.push([time, record]);
        }),
      );
      const next = given.pipe(map(follow));
      given = subject("unary input", "second", order, next, next, all);
    }
    given.pipe(
      inspect((record, time) => {
        run.finals.push([time, record]);
      }),
    );
    return { first, second, control };
  };
  return worker.dataflow(order.domain as TimeDomain<T>, make as never) as ReturnType<typeof make>;
}

/** Runs a shape under `count` seeds from `first` on, `step` apart; an error says which seed failed. */
export function runSeeds(shape: Shape, first: number, count: number, step = 1): Coverage {
  const total = emptyCoverage();
  for (let i = 0; i < count; i++) {
    const seed = first + i * step;
    try {
      addCoverage(total, runScenario(shape, seed));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `seed ${seed} of "${shape.name}": ${reason} (replay: LIMMAT_FIRST_SEED=${seed} LIMMAT_SEEDS=1 npm run soak megaphone-migration)`,
        { cause: error },
      );
    }
  }
  return total;
}
