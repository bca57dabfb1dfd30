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
  readonly locations: number[] = [];
  readonly times: T[] = [];
  readonly diffs: number[] = [];
  // Entries below this index are compact.
  private clean = 0;

  constructor(domain: TimeDomain<T>) {
    this.domain = domain;
  }

  /** Adds `diff` to the count of `time` at `location`. Amortised O(log n). */
  update(location: number, time: T, diff: number): void {
    const { domain } = this;
    const oldest = Math.max(this.clean, this.locations.length - lookBack);
    for (let i = this.locations.length - 1; i >= oldest; i--) {
      if (this.locations[i] !== location || domain.compare(this.times[i] as T, time) !== 0) continue;
      this.diffs[i] = (this.diffs[i] as number) + diff;
      return;
    }
    this.locations.push(location);
    this.times.push(time);
    this.diffs.push(diff);
    if (this.locations.length > 32 && this.locations.length > 2 * this.clean) this.compact();
  }

  /** Whether nothing is left once the changes are summed. */
  isEmpty(): boolean {
    if (this.locations.length === 0) return true;
    this.compact();
    return this.locations.length === 0;
  }

  /** The number of distinct changes. */
  size(): number {
    this.compact();
    return this.locations.length;
  }

  /** Sums changes of the same location and time, and drops those that cancel. */
  compact(): void {
    const n = this.locations.length;
    if (this.clean === n) return;
    this.sort(n);
    const { locations, times, diffs, domain } = this;
    let kept = 0;
    for (let i = 0; i < n; ) {
      const location = locations[i] as number;
      const time = times[i] as T;
      let sum = diffs[i] as number;
      let j = i + 1;
      while (j < n && locations[j] === location && domain.compare(times[j] as T, time) === 0) {
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
    locations.length = kept;
    times.length = kept;
    diffs.length = kept;
    this.clean = kept;
  }

  /** Moves every change into `other`, leaving this empty. */
  drainInto(other: ChangeBatch<T>): void {
    for (let i = 0; i < this.locations.length; i++) {
      other.update(this.locations[i] as number, this.times[i] as T, this.diffs[i] as number);
    }
    this.clear();
  }

  /** Forgets all changes. */
  clear(): void {
    this.locations.length = 0;
    this.times.length = 0;
    this.diffs.length = 0;
    this.clean = 0;
  }

  /** Sorts by location, then time, in place. */
  private sort(n: number): void {
    const { locations, times, diffs, domain } = this;
    for (let g = 0; g < gaps.length; g++) {
      const gap = gaps[g] as number;
      for (let i = gap; i < n; i++) {
        const location = locations[i] as number;
        const time = times[i] as T;
        const diff = diffs[i] as number;
        let j = i - gap;
        while (
          j >= 0 &&
          ((locations[j] as number) > location ||
            (locations[j] === location && domain.compare(times[j] as T, time) > 0))
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
