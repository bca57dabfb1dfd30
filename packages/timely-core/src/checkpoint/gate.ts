// Keeps an operator with state on one side of a cut: until its state is saved, it is given no batch that the checkpoint doesn't cover,
// and what it sends past the cut is noted. docs/adr/0014-checkpoints.md has the argument.

import type { Batch, Layout } from "../batch/index.ts";
import type { TimeDomain } from "../order/index.ts";

/** A batch that an operator sent at a time that the checkpoint doesn't cover, in answer to what it does cover. */
export interface Crossing<T> {
  /** The number of the output. */
  readonly output: number;
  readonly time: T;
  /** The batch, by its layout. */
  readonly bytes: Uint8Array;
}

/** The gate at one operator's ports. Times are compared by the time of the outermost scope that they belong to. */
export class Gate<T> {
  /** Sent past the cut that comes next, in order. */
  crossings: Crossing<T>[] = [];
  private readonly domain: TimeDomain<unknown>;
  private readonly outermost: (time: T) => unknown;
  private limited = false;
  private limit: unknown;
  /** The least time at or after all that was consumed, and sent without note, in the outermost scope's times. */
  private reached: unknown;

  /** `domain` are the outermost scope's times, and `outermost` maps to them. */
  constructor(domain: TimeDomain<unknown>, outermost: (time: T) => unknown) {
    this.domain = domain;
    this.outermost = outermost;
    this.limit = domain.minimum;
    this.reached = domain.minimum;
  }

  /** Whether a checkpoint is to come whose cut the operator has not made. */
  get isLimited(): boolean {
    return this.limited;
  }

  /** Whether all that went through is covered by a checkpoint at `time`: whether its cut can still be made. */
  canCut(time: unknown): boolean {
    return this.domain.lessEqual(this.reached, time);
  }

  /** From here on admits what a checkpoint at `time` covers. */
  close(time: unknown): void {
    this.limited = true;
    this.limit = time;
    this.settle();
  }

  /** From here on admits everything. */
  open(): void {
    this.limited = false;
    this.settle();
  }

  /** Whether a batch at `time` may be consumed. */
  admits(time: T): boolean {
    return !this.limited || this.domain.lessEqual(this.outermost(time), this.limit);
  }

  /** Notes a batch that is consumed. */
  consumed(time: T): void {
    this.reached = this.domain.join(this.reached, this.outermost(time));
  }

  /** Notes a batch that is sent; copies it when it crosses the cut. */
  sent<B extends Batch>(output: number, time: T, batch: B, layout: Layout<B>): void {
    if (this.admits(time)) {
      this.consumed(time);
      return;
    }
    const bytes = new Uint8Array(layout.byteLength(batch));
    layout.encode(batch, bytes, 0);
    this.crossings.push({ output, time, bytes });
  }

  /** Forgets what the next cut covers. */
  private settle(): void {
    this.crossings = this.crossings.filter(({ time }) => {
      if (!this.admits(time)) return true;
      this.consumed(time);
      return false;
    });
  }
}
