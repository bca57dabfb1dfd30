// A shape: a dataflow with random input and a sequential oracle. `flow` makes one from its parts.

import {
  type Batch,
  type Input,
  input,
  integers,
  type Layout,
  type RecordOf,
  type Rows,
  rows,
  type Scope,
  type Stream,
  type TimeDomain,
  type Worker,
} from "../../../src/index.ts";
import type { Program, Random } from "../../../src/simulation/index.ts";
import { Multiset } from "../../oracle/multiset.ts";
import { collect } from "./watch.ts";

/** One run of a shape: what every worker does, and the comparison with the oracle once it has ended. */
export interface Case {
  readonly program: Program;
  /** Throws `OutputError` when the outputs are not the oracle's. */
  check(): void;
}

/** The outputs of a run are not the oracle's. */
export class OutputError extends Error {}

/** A dataflow to be run under many schedules. */
export interface Shape {
  readonly name: string;
  /** Draws inputs for a number of workers. */
  prepare(random: Random, workers: number): Case;
}

/** Records that were sent, with their time. */
export interface Fed<T, D> {
  readonly time: T;
  readonly records: readonly D[];
}

/** What is sent into one input: a list for every worker, in the order of sending. */
export type Feed<T, D> = readonly (readonly Fed<T, D>[])[];

/** The parts of a shape. */
export interface Flow<T, B extends Batch, C extends Batch> {
  readonly name: string;
  /** The times of the outermost scope: integers unless given. */
  readonly domain?: TimeDomain<T>;
  /** The layout of the inputs: rows unless given. */
  readonly layout?: Layout<B>;
  /** Draws what is sent into each input. */
  plan(random: Random, workers: number): readonly Feed<T, RecordOf<B>>[];
  build(streams: readonly Stream<T, B>[], scope: Scope<T>): Stream<T, C>;
  /** All records that must come out, by time; `fed` lists each input's records over all workers. */
  expect(fed: readonly (readonly Fed<T, RecordOf<B>>[])[], workers: number): Iterable<readonly [T, unknown]>;
}

/** The parts as a shape. */
export function flow<T = number, B extends Batch = Rows<number>, C extends Batch = Rows<number>>(
  parts: Flow<T, B, C>,
): Shape {
  const domain = parts.domain ?? (integers as unknown as TimeDomain<T>);
  return {
    name: parts.name,
    prepare(random, workers) {
      const feeds = parts.plan(random, workers);
      const difference = new Multiset(domain);
      return {
        *program(worker, whims) {
          const inputs = worker.dataflow(domain, (scope) => {
            const inputs = feeds.map(() => input<T, B>(scope, parts.layout ?? (rows() as unknown as Layout<B>)));
            const output = parts.build(
              inputs.map((each) => each.stream),
              scope,
            );
            output.pipe(collect((time, record) => difference.add(time, record)));
            return inputs;
          });
          yield* feed(worker, whims, inputs, feeds);
        },
        check() {
          const fed = feeds.map((workersFed) => workersFed.flat());
          for (const [time, record] of parts.expect(fed, workers)) difference.add(time, record, -1);
          const lines = difference.lines();
          if (lines.length > 0)
            throw new OutputError(`more than the oracle has (less, if negative): ${lines.join("; ")}`);
        },
      };
    },
  };
}

/** Sends a worker's share into its inputs, one input running ahead of another, and closes each after its last record. */
function* feed<T, B extends Batch>(
  worker: Worker,
  random: Random,
  inputs: readonly Input<T, B>[],
  feeds: readonly Feed<T, RecordOf<B>>[],
): Generator<void, void, void> {
  const open = inputs.map((each, i) => ({ input: each, left: [...(feeds[i]?.[worker.index] ?? [])] }));
  while (open.length > 0) {
    if (random.chance(0.7)) yield;
    const at = random.below(open.length);
    const { input, left } = open[at] as (typeof open)[number];
    const next = left.shift();
    if (next === undefined) {
      input.close();
      open.splice(at, 1);
      continue;
    }
    input.advanceTo(next.time);
    if (random.chance(0.3)) yield;
    for (const record of next.records) {
      input.send(record);
      if (random.chance(0.1)) input.flush();
    }
  }
}

/** How much is drawn, for each worker. */
export interface Size {
  readonly times?: number;
  readonly records?: number;
}

/** Draws a feed over ascending integer times, with gaps, of records that `draw` makes. */
export function drawFeed<D>(
  random: Random,
  workers: number,
  draw: (random: Random) => D,
  { times = 4, records = 4 }: Size = {},
): Feed<number, D> {
  return Array.from({ length: workers }, () => {
    const steps: Fed<number, D>[] = [];
    let time = 0;
    for (let i = random.below(times + 1); i > 0; i--) {
      time += random.below(3);
      steps.push({ time, records: Array.from({ length: random.below(records + 1) }, () => draw(random)) });
    }
    return steps;
  });
}

/** Draws a feed of integers below a bound. */
export function drawIntegers(random: Random, workers: number, below = 20, size: Size = {}): Feed<number, number> {
  return drawFeed(random, workers, (from) => from.below(below), size);
}

/** Every record that was sent, with its time. */
export function* recordsOf<T, D>(fed: readonly Fed<T, D>[]): Generator<readonly [T, D]> {
  for (const { time, records } of fed) for (const record of records) yield [time, record];
}
