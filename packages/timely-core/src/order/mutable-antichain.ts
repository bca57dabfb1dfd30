// A multiset of times, with negative counts in passing, that maintains the antichain of its minimal times.
// After timely dataflow's `MutableAntichain`; engine rule 3 (never clamp or assert transient negatives).

import { type Frontier, someLessEqual, someLessThan } from "./antichain.ts";
import type { TimeDomain } from "./time-domain.ts";

/** Elements that are moved one by one rather than by splice(). */
const few = 16;

/**
 * Counts of times, and the frontier of those whose count is positive.
 *
 * `update` leaves the frontier's own changes in `changedTimes` and `changedDiffs` (`changes` of them), valid until the next update, so
 * that nothing is allocated per update. An update costs O(log n) to find the time, and O(n) only where it uncovers later times.
 */
export class MutableAntichain<T> implements Frontier<T> {
  /** The order of its times. */
  readonly domain: TimeDomain<T>;
  readonly elements: T[] = [];
  /** How many changes the last update made to the frontier. */
  changes = 0;
  /** The times that the last update added to the frontier or took from it. */
  readonly changedTimes: T[] = [];
  /** For each of them, 1 when it was added and -1 when it was taken. */
  readonly changedDiffs: number[] = [];
  private readonly numeric: boolean;
  // Times with a count other than zero, ascending by `compare`.
  private readonly times: T[] = [];
  private readonly counts: number[] = [];

  constructor(domain: TimeDomain<T>) {
    this.domain = domain;
    this.numeric = domain.numeric === true;
  }

  /** Adds `diff` to the count of `time`. Returns whether the frontier changed. */
  update(time: T, diff: number): boolean {
    this.changes = 0;
    if (diff === 0) return false;
    const { times, counts } = this;
    const at = this.search(time);
    const found = at < times.length && this.compare(times[at] as T, time) === 0;
    const before = found ? (counts[at] as number) : 0;
    const after = before + diff;
    if (!found) this.insert(at, time, after);
    else if (after === 0) this.remove(at);
    else counts[at] = after;
    if (before > 0 === after > 0) return false;
    if (after > 0) this.cover(time);
    else this.uncover(time, at);
    return this.changes > 0;
  }

  lessEqual(time: T): boolean {
    return someLessEqual(this.domain, this.elements, time);
  }

  lessThan(time: T): boolean {
    return someLessThan(this.domain, this.elements, time);
  }

  isEmpty(): boolean {
    return this.elements.length === 0;
  }

  /** Whether no time has a count other than zero. */
  isBare(): boolean {
    return this.times.length === 0;
  }

  /** The times with a count other than zero, and their counts. */
  *entries(): IterableIterator<[T, number]> {
    for (let i = 0; i < this.times.length; i++) yield [this.times[i] as T, this.counts[i] as number];
  }

  private compare(a: T, b: T): number {
    return this.numeric ? (a as number) - (b as number) : this.domain.compare(a, b);
  }

  /** The first index whose time is not before `time` in `compare`. */
  private search(time: T): number {
    const { times } = this;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(times[middle] as T, time) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Mostly few times are outstanding at a place, where loops beat splice(), which allocates what it removes.
  private insert(at: number, time: T, count: number): void {
    const { times, counts } = this;
    if (times.length - at > few) {
      times.splice(at, 0, time);
      counts.splice(at, 0, count);
      return;
    }
    times.push(time);
    counts.push(count);
    for (let i = times.length - 1; i > at; i--) {
      times[i] = times[i - 1] as T;
      counts[i] = counts[i - 1] as number;
    }
    times[at] = time;
    counts[at] = count;
  }

  private remove(at: number): void {
    const { times, counts } = this;
    if (times.length - at > few) {
      times.splice(at, 1);
      counts.splice(at, 1);
      return;
    }
    for (let i = at + 1; i < times.length; i++) {
      times[i - 1] = times[i] as T;
      counts[i - 1] = counts[i] as number;
    }
    times.pop();
    counts.pop();
  }

  private cover(time: T): void {
    const { elements, domain } = this;
    if (this.lessEqual(time)) return;
    let kept = 0;
    for (let i = 0; i < elements.length; i++) {
      const element = elements[i] as T;
      if (this.numeric || domain.lessEqual(time, element)) this.change(element, -1);
      else elements[kept++] = element;
    }
    while (elements.length > kept) elements.pop();
    elements.push(time);
    this.change(time, 1);
  }

  private uncover(time: T, at: number): void {
    const { elements, domain, times, counts } = this;
    let position = -1;
    for (let i = 0; i < elements.length; i++) {
      if (this.compare(elements[i] as T, time) === 0) position = i;
    }
    if (position < 0) return;
    for (let i = position + 1; i < elements.length; i++) elements[i - 1] = elements[i] as T;
    elements.pop();
    this.change(time, -1);
    // Only times after this one were hidden by it, and they stand after it in the linear extension; taken in that order, none of
    // them is hidden by one that comes later.
    for (let i = at; i < times.length; i++) {
      const later = times[i] as T;
      if ((counts[i] as number) > 0 && !this.lessEqual(later)) {
        elements.push(later);
        this.change(later, 1);
        if (domain.total) return;
      }
    }
  }

  private change(time: T, diff: number): void {
    this.changedTimes[this.changes] = time;
    this.changedDiffs[this.changes] = diff;
    this.changes += 1;
  }
}
