// Post-dated records by time and bin: timers and window closings, which move with their bin (Megaphone, sections 3 and 4).

import type { TimeDomain, TimeKey } from "@limmat/timely-core";

/** What is pending at one time, by bin. Most times have one bin: the others get a map. */
class PendingTime<T, N> {
  readonly time: T;
  private bin: number;
  private records: N[];
  private others: Map<number, N[]> | undefined;

  constructor(time: T, bin: number, record: N) {
    this.time = time;
    this.bin = bin;
    this.records = [record];
  }

  get isEmpty(): boolean {
    return this.records.length === 0 && (this.others === undefined || this.others.size === 0);
  }

  /** Returns whether the bin is new here. */
  add(bin: number, record: N): boolean {
    if (this.records.length === 0 && !this.others?.has(bin)) this.bin = bin;
    if (bin === this.bin) return this.records.push(record) === 1;
    this.others ??= new Map();
    const records = this.others.get(bin);
    if (records !== undefined) {
      records.push(record);
      return false;
    }
    this.others.set(bin, [record]);
    return true;
  }

  remove(bin: number): N[] {
    if (bin === this.bin) {
      const { records } = this;
      this.records = [];
      return records;
    }
    const records = this.others?.get(bin) ?? [];
    this.others?.delete(bin);
    return records;
  }

  forEach(visit: (bin: number, records: N[]) => void): void {
    if (this.records.length > 0) visit(this.bin, this.records);
    this.others?.forEach((records, bin) => visit(bin, records));
  }
}

/** One bin's share of what is pending at a time. */
export interface PendingShare<T, N> {
  /** When it is due. */
  readonly time: T;
  /** The records, in the order in which they were post-dated. */
  readonly records: N[];
}

/** All pending work of the bins of one worker. Its cost does not depend on the number of bins. */
export class PendingWork<T, N> {
  private readonly domain: TimeDomain<T>;
  // A binary heap in the linear extension; entries that are empty are dropped when they come up.
  private readonly heap: PendingTime<T, N>[] = [];
  private readonly byKey = new Map<TimeKey, PendingTime<T, N>>();
  private readonly byBin = new Map<number, Set<PendingTime<T, N>>>();

  /** No work, at times of `domain`. */
  constructor(domain: TimeDomain<T>) {
    this.domain = domain;
  }

  /** Whether there is nothing. */
  get isEmpty(): boolean {
    return this.byBin.size === 0;
  }

  /** Adds a record for a bin. O(log times). */
  add(time: T, bin: number, record: N): void {
    const key = this.domain.key(time);
    let entry = this.byKey.get(key);
    if (entry === undefined) {
      entry = new PendingTime(time, bin, record);
      this.byKey.set(key, entry);
      this.push(entry);
    } else if (!entry.add(bin, record)) {
      return;
    }
    const times = this.byBin.get(bin);
    if (times === undefined) this.byBin.set(bin, new Set([entry]));
    else times.add(entry);
  }

  /** The first time in the linear extension that has work and is complete, if there is one. */
  first(isComplete: (time: T) => boolean): T | undefined {
    this.prune();
    const top = this.heap[0];
    if (top === undefined) return undefined;
    if (isComplete(top.time)) return top.time;
    if (this.domain.total) return undefined;
    let found: PendingTime<T, N> | undefined;
    for (const entry of this.heap) {
      if (entry.isEmpty || !isComplete(entry.time)) continue;
      if (found === undefined || this.domain.compare(entry.time, found.time) < 0) found = entry;
    }
    return found?.time;
  }

  /** Takes all work at a time, bin by bin. */
  take(time: T, visit: (bin: number, records: N[]) => void): void {
    const entry = this.byKey.get(this.domain.key(time));
    if (entry === undefined) return;
    const shares: [number, N[]][] = [];
    entry.forEach((bin, records) => {
      shares.push([bin, records]);
    });
    for (const [bin] of shares) this.removeShare(entry, bin);
    for (const [bin, records] of shares) visit(bin, records);
  }

  /** Takes the work of a bin at the times for which `chosen` holds, ascending in the linear extension. O(times of the bin). */
  takeBin(bin: number, chosen: (time: T) => boolean): PendingShare<T, N>[] {
    const shares: PendingShare<T, N>[] = [];
    for (const entry of [...(this.byBin.get(bin) ?? [])]) {
      if (chosen(entry.time)) shares.push({ time: entry.time, records: this.removeShare(entry, bin) });
    }
    return shares.sort((a, b) => this.domain.compare(a.time, b.time));
  }

  /** The work of a bin as it is, for checkpoints. */
  ofBin(bin: number): PendingShare<T, N>[] {
    const shares: PendingShare<T, N>[] = [];
    for (const entry of this.byBin.get(bin) ?? []) {
      entry.forEach((other, records) => {
        if (other === bin) shares.push({ time: entry.time, records });
      });
    }
    return shares.sort((a, b) => this.domain.compare(a.time, b.time));
  }

  /** The times that have work: for totally ordered ones, just the least. */
  *minimalTimes(): IterableIterator<T> {
    this.prune();
    if (this.domain.total) {
      if (this.heap[0] !== undefined) yield this.heap[0].time;
      return;
    }
    for (const entry of this.heap) if (!entry.isEmpty) yield entry.time;
  }

  private removeShare(entry: PendingTime<T, N>, bin: number): N[] {
    const records = entry.remove(bin);
    const times = this.byBin.get(bin);
    times?.delete(entry);
    if (times?.size === 0) this.byBin.delete(bin);
    if (entry.isEmpty) this.byKey.delete(this.domain.key(entry.time));
    return records;
  }

  /** Drops empty entries from the top. */
  private prune(): void {
    while (this.heap[0]?.isEmpty) this.pop();
  }

  private push(entry: PendingTime<T, N>): void {
    const { heap, domain } = this;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (domain.compare((heap[parent] as PendingTime<T, N>).time, entry.time) <= 0) break;
      heap[at] = heap[parent] as PendingTime<T, N>;
      at = parent;
    }
    heap[at] = entry;
  }

  private pop(): void {
    const { heap, domain } = this;
    const last = heap.pop() as PendingTime<T, N>;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && domain.compare(right.time, (heap[child] as PendingTime<T, N>).time) < 0) child += 1;
      if (domain.compare((heap[child] as PendingTime<T, N>).time, last.time) >= 0) break;
      heap[at] = heap[child] as PendingTime<T, N>;
      at = child;
    }
    heap[at] = last;
  }
}
