// Runs one operator under the simulator: random records at random times by every worker, and random maps by worker 0.

import { input, inspect, type Rows, type Stream, type Worker } from "@limmat/timely-core";
import { type Random, simulate } from "@limmat/timely-core/simulation";
import type { ControlRecord } from "../../src/index.ts";

/** What is run. */
export interface Driven<A, B, R> {
  readonly seed: number;
  readonly workers: number;
  readonly bins: number;
  readonly record1: (random: Random) => A;
  /** None of the second input are sent where this is left out. */
  readonly record2?: (random: Random) => B;
  build(
    first: Stream<number, Rows<A>>,
    second: Stream<number, Rows<B>>,
    control: Stream<number, Rows<ControlRecord>>,
  ): Stream<number, Rows<R>>;
}

/** What went in and came out, with times. */
export interface Outcome<A, B, R> {
  readonly first: (readonly [time: number, record: A])[];
  readonly second: (readonly [time: number, record: B])[];
  readonly results: (readonly [time: number, record: R, worker: number])[];
}

/** Runs it to its end. */
export function drive<A, B, R>(driven: Driven<A, B, R>): Outcome<A, B, R> {
  const outcome: Outcome<A, B, R> = { first: [], second: [], results: [] };
  const { seed, workers, bins, record1, record2, build } = driven;
  simulate({ seed, workers }, function* (worker: Worker, random: Random) {
    const { first, second, control } = worker.dataflow((scope) => {
      const first = input<A>(scope, "first");
      const second = input<B>(scope, "second");
      const control = input<ControlRecord>(scope, "control");
      build(first.stream, second.stream, control.stream).pipe(
        inspect((record, time) => {
          outcome.results.push([time, record, worker.index]);
        }),
      );
      return { first, second, control };
    });
    let sequence = 0;
    if (worker.index > 0) control.close();
    for (let time = 0; time < 10; time++) {
      for (let i = random.below(3); i > 0; i--) {
        const record = record1(random);
        outcome.first.push([time, record]);
        first.send(record);
      }
      for (let i = record2 === undefined ? 0 : random.below(3); i > 0; i--) {
        const record = (record2 as (random: Random) => B)(random);
        outcome.second.push([time, record]);
        second.send(record);
      }
      if (worker.index === 0 && random.chance(0.5)) {
        const all = Array.from({ length: 2 ** bins }, () => random.below(worker.peers));
        control.send({ kind: "map", workers: all, sequence: sequence++, count: 1 });
      }
      if (random.chance(0.5)) yield;
      first.advanceTo(time + 1);
      if (random.chance(0.5)) yield;
      second.advanceTo(time + 1);
      if (worker.index === 0) control.advanceTo(time + 1);
      if (random.chance(0.5)) yield;
    }
    first.close();
    second.close();
    control.close();
  });
  return outcome;
}
