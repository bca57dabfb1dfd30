// Stateful operators in dataflows of several shapes, with random data, steps and options. Each run is audited, and its outputs compared
// with those that need no order of execution to be known.

import {
  byKey,
  concat,
  enter,
  filter,
  type HashExchange,
  input,
  inspect,
  iterate,
  map,
  type Product,
  pair,
  type Rows,
  rows,
  type Stream,
} from "@limmat/timely-core";
import { Random, simulate } from "@limmat/timely-core/simulation";
import { Placement } from "../../src/audit/placement.ts";
import { binOf } from "../../src/bins/index.ts";
import {
  audit,
  type BinMap,
  Bins,
  type ControlRecord,
  distribute,
  formatViolation,
  initialMap,
  type MigrationEvent,
  type StatefulOptions,
  statefulBinaryInput,
  statefulUnaryInput,
} from "../../src/index.ts";
import { goneRound, type Job, machineOutputs, type Rules } from "../oracle/machine-outputs.ts";
import { drawJob, hash, machine, type Result } from "./machine.ts";
import { type Order, plane, total } from "./orders.ts";
import { type Announcement, announce, drawSteps } from "./steps.ts";

/** A promise was broken. */
class BrokenPromiseError extends Error {}

/** A dataflow to be run under many schedules. */
export interface Shape {
  readonly name: string;
  /** Runs it once; throws `BrokenPromiseError`, and what the engine throws. */
  run(seed: number): void;
}

/** What the operator of one run is told, but for control and log. */
type Drawn = Required<
  Pick<StatefulOptions<unknown>, "bins" | "initial" | "gating" | "preCopy" | "budget" | "credit">
> & {
  readonly store: "map" | "plain";
};

/** One operator of a run: I is its scope's time. */
interface Watched<I> {
  readonly name: string;
  readonly order: Order<I>;
  readonly events: MigrationEvent<I>[];
  readonly results: [I, string][];
}

const key = byKey((job: Job) => job.key, hash) as HashExchange<Rows<Job>>;

function drawOptions(random: Random, workers: number): Drawn {
  const bins = random.below(4);
  const usual = initialMap(new Bins(bins), workers);
  return {
    bins,
    initial: random.chance(0.5) ? usual : (usual.map(() => random.below(workers)) as BinMap),
    gating: random.chance(0.25) ? "step" : "bin",
    preCopy: random.pick([0, 50, 100_000]),
    budget: 1 + random.below(80),
    credit: 1 + random.below(120),
    store: random.chance(0.5) ? "map" : "plain",
  };
}

function watched<I>(name: string, order: Order<I>): Watched<I> {
  return { name, order, events: [], results: [] };
}

/** The options of an operator that is watched. */
function optionsOf<I>(
  drawn: Drawn,
  control: Stream<I, Rows<ControlRecord>>,
  { events }: Watched<I>,
): StatefulOptions<I> {
  const { store: _, ...options } = drawn;
  return { ...options, control, logApplied: true, log: (event) => events.push(event) };
}

/** Puts a machine with one input into a dataflow. */
function unary<I>(
  jobs: Stream<I, Rows<Job>>,
  control: Stream<I, Rows<ControlRecord>>,
  drawn: Drawn,
  operator: Watched<I>,
): Stream<I, Rows<Result>> {
  const { name, order, results } = operator;
  return jobs.pipe(
    statefulUnaryInput<I, Rows<Job>, Job, Rows<Result>>(
      name,
      { ...optionsOf(drawn, control, operator), key },
      rows<Result>(),
      () => machine(order, drawn.store),
    ),
    inspect(({ text }: Result, time: I) => {
      results.push([time, text]);
    }),
  );
}

/** One run: what is fed, and what is built from it. */
interface Run<T> {
  readonly drawn: Drawn;
  readonly workers: number;
  readonly fed: (readonly [T, Job])[];
}

type Build<T> = (
  jobs: Stream<T, Rows<Job>>,
  more: Stream<T, Rows<Job>>,
  control: Stream<T, Rows<ControlRecord>>,
  drawn: Drawn,
  worker: number,
) => void;

/** Runs a dataflow over random data and steps under the simulator. */
function run<T>(order: Order<T>, seed: number, build: Build<T>): Run<T> {
  const random = new Random(seed ^ 0x2545f491);
  const workers = random.pick([1, 2, 2, 3, 3, 4]);
  const drawn = drawOptions(random, workers);
  const moments = drawSteps(order, random, 2 ** drawn.bins, workers, drawn.initial);
  const feeder = random.below(workers);
  const haste = random.pick([0.1, 0.4, 0.6, 0.9]);
  const fed: [T, Job][] = [];
  simulate({ seed, workers }, function* (worker, whims) {
    const { jobs, more, control } = worker.dataflow(order.domain, (scope) => {
      const jobs = input<T, Rows<Job>>(scope, rows<Job>());
      const more = input<T, Rows<Job>>(scope, rows<Job>());
      const control = input<T, Rows<Announcement<T>>>(scope, rows<Announcement<T>>());
      build(jobs.stream, more.stream, control.stream.pipe(announce()), drawn, worker.index);
      return { jobs, more, control };
    });
    const steps = worker.index === feeder ? [...moments] : [];
    const inputs = [jobs, more].map((each) => ({ input: each, time: order.domain.minimum, left: 2 + whims.below(6) }));
    let isOpen = true;
    while (isOpen || inputs.length > 0) {
      if (whims.chance(0.6)) yield;
      if (isOpen && (inputs.length === 0 || whims.chance(haste))) {
        const next = steps.shift();
        if (next === undefined) {
          control.close();
          isOpen = false;
          continue;
        }
        control.advanceTo(next.time);
        if (whims.chance(0.3)) yield;
        for (const announcement of next.announcements) {
          control.send(announcement);
          if (whims.chance(0.2)) control.flush();
        }
        continue;
      }
      const at = whims.below(inputs.length);
      const source = inputs[at];
      if (source === undefined) continue;
      if (source.left === 0) {
        source.input.close();
        inputs.splice(at, 1);
        continue;
      }
      source.left -= 1;
      source.time = order.walk(source.time, whims);
      source.input.advanceTo(source.time);
      for (let i = whims.below(5); i > 0; i--) {
        const job = drawJob(whims);
        fed.push([source.time, job]);
        source.input.send(job);
        if (whims.chance(0.1)) source.input.flush();
      }
    }
  });
  return { drawn, workers, fed };
}

function check<I>(
  operator: Watched<I>,
  { drawn, workers }: Run<unknown>,
  rules: Rules<I>,
  fed: readonly (readonly [I, Job])[],
): void {
  const { name, order, events, results } = operator;
  const violations = audit(events, {
    operator: name,
    domain: order.domain,
    bins: drawn.bins,
    initial: drawn.initial,
    workers,
    outputs: { expected: machineOutputs(rules, fed), actual: results },
  });
  if (violations.length > 0) throw new BrokenPromiseError(violations.slice(0, 6).map(formatViolation).join("\n"));
}

function oneInput<T>(name: string, order: Order<T>): Shape {
  return {
    name,
    run(seed) {
      const operator = watched("machine", order);
      const ran = run(order, seed, (jobs, more, control, drawn) => {
        unary(jobs.pipe(concat(more)), control, drawn, operator);
      });
      check(operator, ran, order, ran.fed);
    },
  };
}

function twoInputs<T>(name: string, order: Order<T>): Shape {
  return {
    name,
    run(seed) {
      const operator = watched("machine", order);
      const ran = run(order, seed, (jobs, more, control, drawn) => {
        jobs.pipe(
          statefulBinaryInput<T, Rows<Job>, Rows<Job>, Job, Rows<Result>>(
            "machine",
            more,
            { ...optionsOf(drawn, control, operator), key1: key, key2: key },
            rows<Result>(),
            () => {
              const { store, consume, due } = machine(order, drawn.store);
              return { store, consume1: consume, consume2: consume, due };
            },
          ),
          inspect(({ text }: Result, time: T) => {
            operator.results.push([time, text]);
          }),
        );
      });
      check(operator, ran, order, ran.fed);
    },
  };
}

function oneControl<T>(name: string, order: Order<T>): Shape {
  return {
    name,
    run(seed) {
      const first = watched("first", order);
      const second = watched("second", order);
      const ran = run(order, seed, (jobs, more, control, drawn) => {
        const all = jobs.pipe(concat(more));
        unary(all, control, drawn, first);
        unary(all, control, { ...drawn, gating: "bin", preCopy: 100 }, second);
      });
      check(first, ran, order, ran.fed);
      check(second, ran, order, ran.fed);
    },
  };
}

const looped: Shape = {
  name: "a machine in a loop",
  run(seed) {
    const operator = watched("machine", plane);
    const ran = run(total, seed, (jobs, more, control, drawn) => {
      jobs.pipe(
        concat(more),
        iterate<number, Rows<Job>, Rows<Result>>((entered, scope) => {
          const inside = control.pipe(enter<number, Product<number, number>, Rows<ControlRecord>>(scope));
          const results = unary(entered, inside, drawn, operator);
          return {
            again: results.pipe(
              map((result: Result) => goneRound(result)),
              filter((job) => job !== undefined),
              map((job) => job as Job),
            ),
            out: results,
          };
        }),
      );
    });
    const round = ({ outer, inner }: Product<number, number>) => pair(outer, inner + 1);
    check(
      operator,
      ran,
      { ...plane, round },
      ran.fed.map(([time, job]) => [pair(time, 0), job] as const),
    );
  },
};

function spread<T>(name: string, order: Order<T>): Shape {
  return {
    name,
    run(seed) {
      const operator = watched("spread", order);
      const came: { worker: number; time: T; job: Job }[] = [];
      const { drawn, fed } = run(order, seed, (jobs, more, control, { bins, initial }, worker) => {
        jobs.pipe(
          concat(more),
          distribute("spread", { control, key, bins, initial, log: (event) => operator.events.push(event) }),
          inspect((job: Job, time: T) => {
            came.push({ worker, time, job });
          }),
        );
      });
      const placement = new Placement(order.domain, drawn.initial);
      for (const event of operator.events) if (event.kind === "step" && event.worker === 0) placement.add(event);
      if (came.length !== fed.length)
        throw new BrokenPromiseError(`${fed.length} jobs went in, ${came.length} came out`);
      for (const { worker, time, job } of came) {
        const owner = placement.workerAt(binOf(hash(job.key), drawn.bins), time);
        if (worker !== owner) throw new BrokenPromiseError(`key ${job.key} came to worker ${worker}, not ${owner}`);
      }
    },
  };
}

/** All shapes. */
export const shapes: readonly Shape[] = [
  oneInput("a machine", total),
  oneInput("a machine over partially ordered times", plane),
  twoInputs("a machine with two inputs", total),
  twoInputs("a machine with two inputs over partially ordered times", plane),
  oneControl("two machines on one control stream", total),
  looped,
  spread("records spread", total),
  spread("records spread over partially ordered times", plane),
];
