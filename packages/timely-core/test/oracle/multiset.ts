// What a dataflow put out, as a multiset of (time, record): the order of arrival is free, everything else must be equal.

import { inspect } from "node:util";
import type { TimeDomain } from "../../src/index.ts";

function show(record: unknown): string {
  if (typeof record === "number") return Object.is(record, -0) ? "-0" : String(record);
  return inspect(record, { depth: null, maxArrayLength: null, maxStringLength: null, compact: true, sorted: true });
}

/** Counts of records at times. */
export class Multiset<T> {
  private readonly domain: TimeDomain<T>;
  private readonly counts = new Map<string, number>();

  constructor(domain: TimeDomain<T>) {
    this.domain = domain;
  }

  /** Adds a record at a time, or takes it away. */
  add(time: T, record: unknown, diff = 1): void {
    const key = `${show(record)} at ${this.domain.key(time)}`;
    const count = (this.counts.get(key) ?? 0) + diff;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
  }

  /** What has another count than zero, one line each. */
  lines(): string[] {
    return [...this.counts].map(([key, count]) => `${count} of ${key}`).sort();
  }
}
