// Changes to counts of (location, time), kept compact: the currency of progress tracking.
// After timely dataflow's `ChangeBatch`; engine rule 3.

import type { TimeDomain } from "../order/index.ts";

/** Gaps of the Shell sort below, after Ciura (2001); the last ones do all the work, since batches are small. */
const gaps = [1750, 701, 301, 132, 57, 23, 10, 4, 1];

/** How far back an update looks for an entry to add to: an activation mostly alternates between a few locations. */
const lookBack = 4;

/**
 * A multiset of changes `(location, time, diff)`. Updates append; `compact` sorts and sums them, and drops what cancels, so a batch
 * never holds more than about twice the distinct (location, time) it was given.
 *
 * A location is an index into the tables of one scope's tracker.
 */
export class ChangeBatch<T> {
  readonly domain: TimeDomain<T>;
  /** How many entries there are. The columns may be longer: truncating an array costs more than all else here. */
  length = 0;
  locations: number[] = [];
  times: T[] = [];
  diffs: number[] = [];
  private readonly numeric: boolean;
  // Entries below this index are compact.
  private clean = 0;

  constructor(domain: TimeDomain<T>) {
    this.domain = domain;
    this.numeric = domain.numeric === true;
  }

  /** Adds `diff` to the count of `time` at `location`. Amortised O(log n). */
  update(location: number, time: T, diff: number): void {
    const { locations, times, diffs, length } = this;
    const oldest = Math.max(this.clean, length - lookBack);
    for (let i = length - 1; i >= oldest; i--) {
      if (locations[i] !== location || !this.same(times[i] as T, time)) continue;
      diffs[i] = (diffs[i] as number) + diff;
      return;
    }
    locations[length] = location;
    times[length] = time;
    diffs[length] = diff;
    this.length = length + 1;
    if (length >= 32 && length >= 2 * this.clean) this.compact();
  }

  /** Whether nothing is left once the changes are summed. */
  isEmpty(): boolean {
    if (this.length === 0) return true;
    this.compact();
    return this.length === 0;
  }

  /** The number of distinct changes. */
  size(): number {
    this.compact();
    return this.length;
  }

  /** Sums changes of the same location and time, and drops those that cancel. */
  compact(): void {
    const n = this.length;
    if (this.clean === n) return;
    if (n > 1) this.sort(n);
    const { locations, times, diffs } = this;
    let kept = 0;
    for (let i = 0; i < n; ) {
      const location = locations[i] as number;
      const time = times[i] as T;
      let sum = diffs[i] as number;
      let j = i + 1;
      while (j < n && locations[j] === location && this.same(times[j] as T, time)) {
        sum += diffs[j] as number;
        j += 1;
      }
      if (sum !== 0) {
        locations[kept] = location;
        times[kept] = time;
        diffs[kept] = sum;
        kept += 1;
      }
      i = j;
    }
    this.length = kept;
    this.clean = kept;
  }

  /** Moves every change into `other`, leaving this empty. O(1) when the other is empty. */
  drainInto(other: ChangeBatch<T>): void {
    if (other.length === 0) {
      const { locations, times, diffs } = other;
      other.locations = this.locations;
      other.times = this.times;
      other.diffs = this.diffs;
      other.length = this.length;
      other.clean = this.clean;
      this.locations = locations;
      this.times = times;
      this.diffs = diffs;
    } else {
      for (let i = 0; i < this.length; i++) {
        other.update(this.locations[i] as number, this.times[i] as T, this.diffs[i] as number);
      }
    }
    this.clear();
  }

  /** Forgets all changes. */
  clear(): void {
    this.length = 0;
    this.clean = 0;
  }

  private same(a: T, b: T): boolean {
    return this.numeric ? a === b : this.domain.compare(a, b) === 0;
  }

  private after(a: T, b: T): boolean {
    return this.numeric ? a > b : this.domain.compare(a, b) > 0;
  }

  /** Sorts by location, then time, in place. */
  private sort(n: number): void {
    const { locations, times, diffs } = this;
    for (let g = 0; g < gaps.length; g++) {
      const gap = gaps[g] as number;
      for (let i = gap; i < n; i++) {
        const location = locations[i] as number;
        const time = times[i] as T;
        const diff = diffs[i] as number;
        let j = i - gap;
        while (
          j >= 0 &&
          ((locations[j] as number) > location || (locations[j] === location && this.after(times[j] as T, time)))
        ) {
          locations[j + gap] = locations[j] as number;
          times[j + gap] = times[j] as T;
          diffs[j + gap] = diffs[j] as number;
          j -= gap;
        }
        locations[j + gap] = location;
        times[j + gap] = time;
        diffs[j + gap] = diff;
      }
    }
  }
}
