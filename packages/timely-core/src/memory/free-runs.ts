// Which granules of an allocator's slabs are free: runs in lists by size, merged with their neighbours when they are
// released (two-level segregated fit, Masmano et al. 2004). Private to the allocating thread.

/** Four classes for each doubling; runs of fewer than eight granules have a class each. */
const CLASSES = 120;

/** The class of runs of that length: everything from the class's first length to the next class's. */
function classOf(length: number): number {
  if (length < 8) return length;
  const log = 31 - Math.clz32(length);
  return 4 * (log - 1) + ((length >>> (log - 2)) & 3);
}

/** An allocator of runs of granules, which are numbered from 0; it never fails while a long enough run is free. */
export class FreeRuns {
  /** The number of free granules. */
  free = 0;
  /** The length of a free run, at its first and at its last granule; 0 at granules in use. */
  #length = new Int32Array(0);
  /** The neighbours of a free run in the list of its class, at its first granule; -1 for none. */
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  readonly #heads = new Int32Array(CLASSES).fill(-1);

  /** Adds that many granules, in use until they are released, and returns the number of the first. */
  add(count: number): number {
    const first = this.#length.length;
    this.#length = extended(this.#length, count);
    this.#next = extended(this.#next, count);
    this.#previous = extended(this.#previous, count);
    return first;
  }

  /** The length of the longest free run. */
  get longest(): number {
    for (let list = CLASSES - 1; list > 0; list--) {
      let longest = 0;
      for (let run = this.#heads[list] as number; run >= 0; run = this.#next[run] as number) {
        longest = Math.max(longest, this.#length[run] as number);
      }
      if (longest > 0) return longest;
    }
    return 0;
  }

  /** Takes a run of `count` granules (at least one) and returns its first, or -1 when no free run is long enough. */
  take(count: number): number {
    // Every run of these classes fits, so the first found is taken: O(1).
    for (let list = classOf(count - 1) + 1; list < CLASSES; list++) {
      const run = this.#heads[list] as number;
      if (run >= 0) return this.#takeFrom(run, count);
    }
    // The run's own class also holds shorter ones, so it is searched, but only when memory is nearly used up.
    for (let run = this.#heads[classOf(count)] as number; run >= 0; run = this.#next[run] as number) {
      if ((this.#length[run] as number) >= count) return this.#takeFrom(run, count);
    }
    return -1;
  }

  /** Gives a run of granules back. O(1). */
  release(first: number, count: number): void {
    let start = first;
    let length = count;
    // A free granule just before or after is the end of its run, since this run is not free.
    const before = start > 0 ? (this.#length[start - 1] as number) : 0;
    if (before > 0) {
      start -= before;
      length += before;
      this.#unlink(start);
    }
    const end = first + count;
    const after = end < this.#length.length ? (this.#length[end] as number) : 0;
    if (after > 0) {
      this.#unlink(end);
      length += after;
    }
    this.#link(start, length);
  }

  #takeFrom(run: number, count: number): number {
    const rest = (this.#length[run] as number) - count;
    this.#unlink(run);
    if (rest > 0) this.#link(run + count, rest);
    return run;
  }

  #link(run: number, length: number): void {
    const list = classOf(length);
    const head = this.#heads[list] as number;
    this.#length[run] = length;
    this.#length[run + length - 1] = length;
    this.#next[run] = head;
    this.#previous[run] = -1;
    if (head >= 0) this.#previous[head] = run;
    this.#heads[list] = run;
    this.free += length;
  }

  #unlink(run: number): void {
    const length = this.#length[run] as number;
    const next = this.#next[run] as number;
    const previous = this.#previous[run] as number;
    if (next >= 0) this.#previous[next] = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.#heads[classOf(length)] = next;
    this.#length[run] = 0;
    this.#length[run + length - 1] = 0;
    this.free -= length;
  }
}

function extended(words: Int32Array, count: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(words.length + count);
  longer.set(words);
  return longer;
}
