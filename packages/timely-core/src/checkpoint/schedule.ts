// Which times are to be checkpointed: as programs ask for them, or all the multiples of a number, known from the start.

import type { TimeDomain } from "../order/index.ts";
import { CheckpointError } from "./errors.ts";

/** The times to be checkpointed, numbered from 0. They form a chain. */
export interface Schedule {
  /** The time of this number; undefined as long as nobody asked for it. */
  at(number: number): unknown;
  /**
   * The last of the numbers from `number` on that stand for the same state, if `everyTime` tells what may still come: nothing at or before
   * their times does. Infinity when nothing can come at all.
   */
  lastOf(number: number, everyTime: (test: (time: unknown) => boolean) => boolean): number;
}

/** Times as they are asked for. */
export class AskedTimes implements Schedule {
  private readonly times: unknown[] = [];
  private readonly domain: TimeDomain<unknown>;
  private readonly restored: { readonly time: unknown } | undefined;

  /** `restored` is the time that the run starts from. */
  constructor(domain: TimeDomain<unknown>, restored: { readonly time: unknown } | undefined) {
    this.domain = domain;
    this.restored = restored;
  }

  /** How many times were asked for. */
  get length(): number {
    return this.times.length;
  }

  /** Adds a time; throws `CheckpointError` when it is not after the last one. */
  add(time: unknown): void {
    const { domain, times } = this;
    const last = times.length > 0 ? { time: times[times.length - 1] } : this.restored;
    if (last !== undefined && !(domain.lessEqual(last.time, time) && domain.compare(last.time, time) !== 0)) {
      throw new CheckpointError(
        `a checkpoint at ${JSON.stringify(time)} can't follow that at ${JSON.stringify(last.time)}: times must ascend`,
      );
    }
    times.push(time);
  }

  at(number: number): unknown {
    return this.times[number];
  }

  /** Each one that was asked for is made. */
  lastOf(number: number): number {
    return number;
  }
}

/** Integer times: the last time before each multiple of a number, so that each checkpoint covers whole groups of times. */
export class EveryTime implements Schedule {
  private readonly every: number;
  private readonly first: number;

  constructor(every: number, restored: number | undefined) {
    if (!Number.isSafeInteger(every) || every < 1) {
      throw new CheckpointError(`every is ${every}: give a whole number from 1 on`);
    }
    this.every = every;
    this.first = restored === undefined ? 1 : Math.floor((restored + 1) / every) + 1;
  }

  at(number: number): number {
    return (this.first + number) * this.every - 1;
  }

  lastOf(number: number, everyTime: (test: (time: unknown) => boolean) => boolean): number {
    let least = Number.POSITIVE_INFINITY;
    everyTime((time) => {
      least = Math.min(least, time as number);
      return true;
    });
    return Math.max(number, Math.floor(least / this.every) - this.first);
  }
}
