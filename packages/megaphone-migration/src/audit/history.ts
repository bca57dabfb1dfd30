// What was applied to one bin on one worker, as far as the order of what is applied later depends on it.

import type { TimeDomain } from "@limmat/timely-core";

/** The greatest times applied so far: an antichain of records' times, and one of the times of post-dated work. */
export class History<T> {
  private readonly domain: TimeDomain<T>;
  private records: T[] = [];
  private due: T[] = [];

  /** Nothing applied. */
  constructor(domain: TimeDomain<T>) {
    this.domain = domain;
  }

  /** Applies something at a time; returns in words what is wrong with that, or undefined. */
  apply(time: T, isDue: boolean): string | undefined {
    const wrong = this.wrong(time, isDue);
    if (isDue) this.due = this.with(this.due, time);
    else this.records = this.with(this.records, time);
    return wrong;
  }

  private wrong(time: T, isDue: boolean): string | undefined {
    const later = [...this.records, ...this.due].find((each) => this.isBefore(time, each));
    if (later !== undefined) return `it was applied after time ${JSON.stringify(later)}`;
    // Post-dated work waits until its time is complete.
    if (!isDue && this.due.some((each) => this.domain.compare(time, each) === 0)) {
      return "a record was applied after post-dated work of its time";
    }
    return undefined;
  }

  private with(times: readonly T[], time: T): T[] {
    if (times.some((each) => this.domain.lessEqual(time, each))) return times as T[];
    return [...times.filter((each) => !this.domain.lessEqual(each, time)), time];
  }

  private isBefore(a: T, b: T): boolean {
    return this.domain.lessEqual(a, b) && this.domain.compare(a, b) !== 0;
  }
}
