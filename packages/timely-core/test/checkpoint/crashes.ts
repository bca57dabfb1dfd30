// Runs that crash: a program on the simulator, cut off at random, restarted from its newest checkpoint with another number of workers,
// until it comes to its end. What it put out must be what the oracle says, each record once.

import {
  type Batch,
  concat,
  type Input,
  input,
  memoryStore,
  type Rows,
  type Scope,
  type Stream,
  type TimeDomain,
  type Worker,
} from "../../src/index.ts";
import { Random, simulate } from "../../src/simulation/index.ts";
import { Multiset } from "../oracle/multiset.ts";
import { collect } from "../simulation/shapes/watch.ts";

/** What is fed in: lanes, each with ascending times; whoever runs a lane sends it in order. */
export type Lanes<T, D> = readonly (readonly { readonly time: T; readonly records: readonly D[] }[])[];

/** A program whose runs may crash. */
export interface Restartable<T, D> {
  readonly name: string;
  readonly domain: TimeDomain<T>;
  /** Draws the input. */
  draw(random: Random): Lanes<T, D>;
  /** Draws the times to be checkpointed, ascending; or undefined, and a grid is used. */
  chain?(random: Random): readonly T[];
  build(stream: Stream<T, Rows<D>>, scope: Scope<T>): Stream<T, Batch>;
  /** All that must come out. */
  expect(fed: readonly (readonly [T, D])[]): Iterable<readonly [T, unknown]>;
}

class Crash extends Error {}

/** What a tortured program went through. */
export interface Torture {
  crashes: number;
  /** Runs that started from a checkpoint. */
  restored: number;
  /** Of these, with another number of workers. */
  rescaled: number;
}

/** Runs a program to its end, through crashes that the seed decides, and compares its output with the oracle's. */
function torture<T, D>(program: Restartable<T, D>, seed: number, total: Torture): void {
  const random = new Random(seed ^ 0x2545f491);
  const lanes = program.draw(random);
  const grid = program.chain === undefined;
  const every = 1 + random.below(4);
  const chain = program.chain?.(random) ?? [];
  const store = memoryStore();
  const difference = new Multiset(program.domain);
  let outputs: [T, unknown][] = [];
  for (let run = 0; ; run++) {
    // The last run is let alone, so that there is an end.
    const patience = run < 4 ? random.below(run === 0 ? 150 : 400) : Number.POSITIVE_INFINITY;
    const workers = random.pick([1, 2, 3]);
    const out: [T, unknown][] = [];
    let restored: { time: T; workers: number } | undefined;
    let crashed = false;
    try {
      let left = patience;
      const checkpoints = { store, domain: program.domain, ...(grid ? { every } : {}) };
      simulate({ seed: seed * 16 + run, workers, checkpoints }, function* (worker, whims) {
        restored = worker.restored as typeof restored;
        const inputs = worker.dataflow(program.domain, (scope) => {
          const inputs = lanes.map(() => input<D, T>(scope));
          const [first, ...others] = inputs.map(({ stream }) => stream) as [
            Stream<T, Rows<D>>,
            ...Stream<T, Rows<D>>[],
          ];
          program.build(first.pipe(concat(...others)), scope).pipe(collect((time, record) => out.push([time, record])));
          return inputs;
        });
        for (const _ of feed(worker, whims, inputs, lanes, program.domain, grid ? undefined : chain)) {
          left -= 1;
          if (left < 0) throw new Crash();
          yield;
        }
      });
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashed = true;
    }
    // What the run before had put out counts as far as the checkpoint covers it that this one started from.
    const from = restored;
    for (const [time, record] of outputs) {
      if (from !== undefined && program.domain.lessEqual(time, from.time)) difference.add(time, record);
    }
    if (from !== undefined) {
      total.restored += 1;
      if (from.workers !== workers) total.rescaled += 1;
      for (const [time] of out) {
        if (program.domain.lessEqual(time, from.time)) {
          throw new Error(`a run from ${JSON.stringify(from.time)} put out at ${JSON.stringify(time)}`);
        }
      }
    }
    outputs = out;
    if (crashed) {
      total.crashes += 1;
      // A later run may start from the same checkpoint: what was put out up to it has been counted then.
      outputs = afterOf(out, program.domain, from);
      continue;
    }
    for (const [time, record] of out) difference.add(time, record);
    break;
  }
  const fed = lanes.flat().flatMap(({ time, records }) => records.map((record) => [time, record] as const));
  for (const [time, record] of program.expect(fed)) difference.add(time, record, -1);
  const lines = difference.lines();
  if (lines.length > 0) throw new Error(`more than the oracle has (less, if negative): ${lines.join("; ")}`);
}

function afterOf<T>(out: [T, unknown][], domain: TimeDomain<T>, from: { time: T } | undefined): [T, unknown][] {
  return from === undefined ? out : out.filter(([time]) => !domain.lessEqual(time, from.time));
}

/** Sends the lanes of this worker, but for what the checkpoint covers that it started from; asks for checkpoints on the way. */
function* feed<T, D>(
  worker: Worker,
  random: Random,
  inputs: readonly Input<T, Rows<D>>[],
  lanes: Lanes<T, D>,
  domain: TimeDomain<T>,
  chain: readonly T[] | undefined,
): Generator<void, void, void> {
  const { restored } = worker;
  const covered = (time: T): boolean => restored !== undefined && domain.lessEqual(time, restored.time as T);
  const wanted = (chain ?? []).filter(
    (time) =>
      restored === undefined ||
      (domain.lessEqual(restored.time as T, time) && !domain.lessEqual(time, restored.time as T)),
  );
  const askBefore = (reached: (time: T) => boolean): void => {
    while (wanted.length > 0 && reached(wanted[0] as T)) worker.checkpoint(wanted.shift() as T);
  };
  const open = inputs.map((each, lane) => ({
    input: each,
    left: lane % worker.peers === worker.index ? (lanes[lane] ?? []).filter(({ time }) => !covered(time)) : [],
  }));
  while (open.length > 0) {
    if (random.chance(0.7)) yield;
    const at = random.below(open.length);
    const { input: fed, left } = open[at] as (typeof open)[number];
    const next = left.shift();
    if (next === undefined) {
      if (open.length === 1) askBefore(() => true);
      fed.close();
      open.splice(at, 1);
      continue;
    }
    askBefore((time) => !domain.lessEqual(next.time, time));
    fed.advanceTo(next.time);
    if (random.chance(0.3)) yield;
    for (const record of next.records) fed.send(record);
  }
  while (worker.hasDataflows) yield;
}

/** Nothing yet. */
export function noTorture(): Torture {
  return { crashes: 0, restored: 0, rescaled: 0 };
}

/** Tortures a program under `count` seeds; an error says which one failed. */
export function tortureAll<T, D>(program: Restartable<T, D>, first: number, count: number, total: Torture): void {
  for (let seed = first; seed < first + count; seed++) {
    try {
      torture(program, seed, total);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`seed ${seed} of "${program.name}": ${reason}`, { cause: error });
    }
  }
}
