// Batches that came before their turn, by time, each time with the right to send at it.

import type { Batch, Capability, InputCapability, TimeDomain } from "@limmat/timely-core";

/** A batch and the input that it came by. */
export interface Early {
  /** The number of the input. */
  readonly input: number;
  /** The batch, retained. */
  readonly batch: Batch;
}

/** What came early at one time. */
export interface EarlyTime<T> {
  /** The time. */
  readonly time: T;
  /** The right to send at it. */
  readonly capability: Capability<T>;
  /** The batches in the order in which they came. */
  readonly batches: Early[];
}

/** Keeps batches until their times are ready, and hands them out in the domain's linear extension. */
export class EarlyBatches<T> {
  private readonly domain: TimeDomain<T>;
  private readonly output: number;
  // Ascending in the linear extension, from index `head` on.
  private times: EarlyTime<T>[] = [];
  private head = 0;

  /** Batches that are answered on the operator's output of that number. */
  constructor(domain: TimeDomain<T>, output: number) {
    this.domain = domain;
    this.output = output;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.head === this.times.length;
  }

  /** The times that something waits for, ascending. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.head; i < this.times.length; i++) yield (this.times[i] as EarlyTime<T>).time;
  }

  /** Takes over a batch. A time that is new is given a capability made from `right`. */
  add(right: InputCapability<T> | Capability<T>, input: number, batch: Batch): void {
    const { domain, times } = this;
    const { time } = right;
    let at = times.length;
    while (at > this.head && domain.compare((times[at - 1] as EarlyTime<T>).time, time) > 0) at -= 1;
    const before = at > this.head ? times[at - 1] : undefined;
    if (before !== undefined && domain.compare(before.time, time) === 0) {
      before.batches.push({ input, batch });
      return;
    }
    const capability = right.delayed(time, this.output);
    times.splice(at, 0, { time, capability, batches: [{ input, batch }] });
  }

  /** The first time that is ready, in the linear extension; `take` removes it. */
  first(isReady: (time: T) => boolean): EarlyTime<T> | undefined {
    const { times, domain } = this;
    for (let i = this.head; i < times.length; i++) {
      const entry = times[i] as EarlyTime<T>;
      if (isReady(entry.time)) return entry;
      // While the earliest of a total order is not, none is.
      if (domain.total) return undefined;
    }
    return undefined;
  }

  /** Removes what `first` returned; its capability and batches are the caller's. */
  take(entry: EarlyTime<T>): void {
    const { times } = this;
    if (times[this.head] !== entry) {
      times.splice(times.indexOf(entry, this.head), 1);
      return;
    }
    this.head += 1;
    if (this.head * 2 < times.length) return;
    times.splice(0, this.head);
    this.head = 0;
  }
}
