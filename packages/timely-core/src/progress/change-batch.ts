// Changes to counts of (location, time), kept compact: the currency of progress tracking.
// After timely dataflow's `ChangeBatch`; engine rule 3.

import type { TimeDomain } from "../order/index.ts";

/** Below this many entries a batch is compacted by insertion, which needs no memory. */
const small = 24;

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
    const last = this.locations.length - 1;
    if (last >= this.clean && this.locations[last] === location && this.times[last] === time) {
      this.diffs[last] = (this.diffs[last] as number) + diff;
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
    if (n <= small) this.insertionSort(n);
    else this.indexSort(n);
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

  private insertionSort(n: number): void {
    const { locations, times, diffs, domain } = this;
    for (let i = 1; i < n; i++) {
      const location = locations[i] as number;
      const time = times[i] as T;
      const diff = diffs[i] as number;
      let j = i - 1;
      while (
        j >= 0 &&
        ((locations[j] as number) > location || (locations[j] === location && domain.compare(times[j] as T, time) > 0))
      ) {
        locations[j + 1] = locations[j] as number;
        times[j + 1] = times[j] as T;
        diffs[j + 1] = diffs[j] as number;
        j -= 1;
      }
      locations[j + 1] = location;
      times[j + 1] = time;
      diffs[j + 1] = diff;
    }
  }

  private indexSort(n: number): void {
    const locations = this.locations.slice();
    const times = this.times.slice();
    const diffs = this.diffs.slice();
    const order = Array.from({ length: n }, (_, i) => i);
    order.sort(
      (a, b) =>
        (locations[a] as number) - (locations[b] as number) || this.domain.compare(times[a] as T, times[b] as T),
    );
    for (let i = 0; i < n; i++) {
      const from = order[i] as number;
      this.locations[i] = locations[from] as number;
      this.times[i] = times[from] as T;
      this.diffs[i] = diffs[from] as number;
    }
  }
}
