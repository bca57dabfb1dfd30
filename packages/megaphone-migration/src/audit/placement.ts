// The function (time, bin) -> worker, made of the steps that a log tells: as plain as can be, since it checks the one that routers use.

import type { TimeDomain } from "@limmat/timely-core";
import type { StepEvent } from "../log/index.ts";

/** Where a bin lives from a time on. */
interface Change<T> {
  readonly time: T;
  readonly worker: number;
}

/** Where bins live by a list of steps. */
export class Placement<T> {
  private readonly domain: TimeDomain<T>;
  private readonly initial: ArrayLike<number>;
  private readonly changes = new Map<number, Change<T>[]>();

  /** No steps: every bin where `initial` has it. */
  constructor(domain: TimeDomain<T>, initial: ArrayLike<number>) {
    this.domain = domain;
    this.initial = initial;
  }

  /** The worker of a bin after all steps. */
  latest(bin: number): number {
    return this.changes.get(bin)?.at(-1)?.worker ?? (this.initial[bin] as number);
  }

  /** Adds the next step of the chain. */
  add({ time, moves }: StepEvent<T>): void {
    for (const { bin, to } of moves) {
      const changes = this.changes.get(bin);
      if (changes === undefined) this.changes.set(bin, [{ time, worker: to }]);
      else changes.push({ time, worker: to });
    }
  }

  /** The worker of a bin at a time: by the last step at or before it that moves the bin. */
  workerAt(bin: number, time: T): number {
    const changes = this.changes.get(bin) ?? [];
    const change = changes.findLast((each) => this.domain.lessEqual(each.time, time));
    return change?.worker ?? (this.initial[bin] as number);
  }
}
