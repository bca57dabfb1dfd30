// A barrier: no worker goes on before all have come. After timely dataflow's `synchronization::Barrier`.

import type { Rows } from "../batch/index.ts";
import type { Input } from "../dataflow/index.ts";
import { input } from "../dataflow/input.ts";
import { type Probe, probe } from "../dataflow/operators/probe.ts";
import type { Worker } from "../worker/worker.ts";

/** Lets the workers of a run wait for each other, round by round; see `barrier`. */
export class Barrier {
  private readonly worker: Worker;
  private readonly rounds: Input<number, Rows<never>>;
  private readonly passed: Probe<number>;

  /** Engine-internal: see `barrier`. @internal */
  constructor(worker: Worker, rounds: Input<number, Rows<never>>, passed: Probe<number>) {
    this.worker = worker;
    this.rounds = rounds;
    this.passed = passed;
  }

  /** How often this worker has come. */
  get round(): number {
    return this.rounds.time;
  }

  /** Says that this worker has come to the end of its round, without waiting for the others. */
  arrive(): void {
    this.rounds.advanceTo(this.rounds.time + 1);
  }

  /** Whether all workers have come as often as this one. */
  get reached(): boolean {
    return !this.passed.lessThan(this.rounds.time);
  }

  /** Comes, and steps the worker until all have: other dataflows go on meanwhile. Blocks the thread. */
  wait(): void {
    this.arrive();
    this.worker.stepWhile(() => !this.reached);
  }

  /** Takes no further part; the dataflow ends when all workers have closed it. Others that still wait are not held up by this one. */
  close(): void {
    this.rounds.close();
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Builds a barrier, which is a dataflow without records: every worker must build it at the same place among its dataflows. */
export function barrier(worker: Worker): Barrier {
  return worker.dataflow(function barrier(scope) {
    scope.context.states?.leaveOut();
    const rounds = input<never>(scope, "barrier");
    return new Barrier(worker, rounds, rounds.stream.pipe(probe()));
  });
}
