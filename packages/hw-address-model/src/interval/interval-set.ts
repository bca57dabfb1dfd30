// A set of 64-bit addresses as sorted, disjoint, non-adjacent inclusive intervals, packed as two u32 words a bound
// (address rule 2). That form is unique for a set, so equality is equality of words, and every operation is one merge.
import { checkInterval, formatInterval, type Interval, IntervalError, MAX_ADDRESS } from "./interval.ts";
import { addressAt, cell, cellWords, compare, compareAt, HIGH, LOW, PackedWriter, WORDS } from "./packed-intervals.ts";

/** An immutable set of 64-bit addresses; all operations return new sets and cost one pass over both operands. */
export class IntervalSet implements Iterable<Interval> {
  /** The set of no address. */
  static readonly empty: IntervalSet = new IntervalSet(new Uint32Array(0));
  /** The set of all 2^64 addresses. */
  static readonly full: IntervalSet = IntervalSet.from([{ first: 0n, last: MAX_ADDRESS }]);

  readonly #words: Uint32Array;

  private constructor(words: Uint32Array) {
    this.#words = words;
  }

  /**
   * The union of any intervals, in any order; overlapping and adjacent ones are merged. O(n log n).
   *
   * @throws IntervalError with the position of the first interval that is inverted, out of range or not of bigints.
   */
  static from(intervals: Iterable<Interval>): IntervalSet {
    const list = Array.from(intervals, checkInterval);
    list.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    const out = new PackedWriter(list.length);
    for (const { first, last } of list) {
      cell[0] = first;
      const firstHigh = cellWords[HIGH]!;
      const firstLow = cellWords[LOW]!;
      cell[0] = last;
      out.add(firstHigh, firstLow, cellWords[HIGH]!, cellWords[LOW]!);
    }
    return new IntervalSet(out.words());
  }

  /** How many intervals the set has in its shortest form. */
  get length(): number {
    return this.#words.length / WORDS;
  }

  /** How many addresses the set holds, 0 to 2^64. O(n). */
  get size(): bigint {
    const words = this.#words;
    let size = 0n;
    for (let i = 0; i < words.length; i += WORDS) size += addressAt(words, i + 2) - addressAt(words, i) + 1n;
    return size;
  }

  /** The interval at a position in ascending order, or `undefined` past the end. */
  at(index: number): Interval | undefined {
    const at = index * WORDS;
    if (!Number.isInteger(index) || at < 0 || at >= this.#words.length) return undefined;
    return { first: addressAt(this.#words, at), last: addressAt(this.#words, at + 2) };
  }

  /**
   * Whether an address is in the set. O(log n).
   *
   * @throws IntervalError `not-a-bigint` or `interval-out-of-range` when it is no 64-bit address.
   */
  contains(address: bigint): boolean {
    return this.indexOf(address) >= 0;
  }

  /**
   * The interval that holds an address, or `undefined`. O(log n).
   *
   * @throws IntervalError `not-a-bigint` or `interval-out-of-range` when it is no 64-bit address.
   */
  find(address: bigint): Interval | undefined {
    return this.at(this.indexOf(address));
  }

  /**
   * The position of the interval that holds an address, or -1. O(log n).
   *
   * @throws IntervalError `not-a-bigint` or `interval-out-of-range` when it is no 64-bit address.
   */
  indexOf(address: bigint): number {
    if (typeof address !== "bigint") {
      throw new IntervalError("not-a-bigint", `an address must be a bigint, not ${typeof address}`);
    }
    cell[0] = address;
    // The cell wraps; an address that does not read back the same was outside.
    if (cell[0] !== address) checkInterval({ first: address, last: address });
    return this.indexOfWords(cellWords[HIGH]!, cellWords[LOW]!);
  }

  /**
   * The position of the interval that holds the address `high * 2^32 + low`, or -1; allocates nothing. O(log n).
   * Both words are u32, and are not checked.
   */
  indexOfWords(high: number, low: number): number {
    const words = this.#words;
    // Finds the last interval that starts at or before the address: it is the only one that can hold it.
    let base = 0;
    let count = words.length >>> 2;
    if (count === 0) return -1;
    while (count > 1) {
      const half = count >>> 1;
      const at = (base + half) << 2;
      const firstHigh = words[at]!;
      if (firstHigh < high || (firstHigh === high && words[at + 1]! <= low)) base += half;
      count -= half;
    }
    const at = base << 2;
    const firstHigh = words[at]!;
    if (firstHigh > high || (firstHigh === high && words[at + 1]! > low)) return -1;
    const lastHigh = words[at + 2]!;
    return high < lastHigh || (high === lastHigh && low <= words[at + 3]!) ? base : -1;
  }

  /** The addresses in this set or the other. */
  union(other: IntervalSet): IntervalSet {
    const a = this.#words;
    const b = other.#words;
    const out = new PackedWriter(this.length + other.length);
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (j >= b.length || (i < a.length && compareAt(a, i, b, j) <= 0)) {
        out.add(a[i]!, a[i + 1]!, a[i + 2]!, a[i + 3]!);
        i += WORDS;
      } else {
        out.add(b[j]!, b[j + 1]!, b[j + 2]!, b[j + 3]!);
        j += WORDS;
      }
    }
    return new IntervalSet(out.words());
  }

  /** The addresses in both sets. */
  intersect(other: IntervalSet): IntervalSet {
    const a = this.#words;
    const b = other.#words;
    const out = new PackedWriter(this.length + other.length);
    let i = 0;
    let j = 0;
    while (i < a.length && j < b.length) {
      const firstOfA = compareAt(a, i, b, j) >= 0;
      const lastOfA = compareAt(a, i + 2, b, j + 2) <= 0;
      const first = firstOfA ? a : b;
      const f = firstOfA ? i : j;
      const last = lastOfA ? a : b;
      const l = (lastOfA ? i : j) + 2;
      if (compareAt(first, f, last, l) <= 0) out.add(first[f]!, first[f + 1]!, last[l]!, last[l + 1]!);
      if (lastOfA) i += WORDS;
      else j += WORDS;
    }
    return new IntervalSet(out.words());
  }

  /** The addresses in this set and not in the other. */
  subtract(other: IntervalSet): IntervalSet {
    const a = this.#words;
    const b = other.#words;
    const out = new PackedWriter(this.length + other.length);
    let j = 0;
    for (let i = 0; i < a.length; i += WORDS) {
      let high = a[i]!;
      let low = a[i + 1]!;
      const lastHigh = a[i + 2]!;
      const lastLow = a[i + 3]!;
      let open = true;
      while (j < b.length && compare(b[j + 2]!, b[j + 3]!, high, low) < 0) j += WORDS;
      // What of b starts inside what is left of this interval; b's last one may reach into the next interval, so j stays.
      while (j < b.length && compare(b[j]!, b[j + 1]!, lastHigh, lastLow) <= 0) {
        const cutHigh = b[j]!;
        const cutLow = b[j + 1]!;
        if (compare(cutHigh, cutLow, high, low) > 0) {
          // cut > (high, low) >= 0, so cut - 1 does not wrap.
          out.add(high, low, cutLow === 0 ? cutHigh - 1 : cutHigh, cutLow === 0 ? 0xffff_ffff : cutLow - 1);
        }
        if (compare(b[j + 2]!, b[j + 3]!, lastHigh, lastLow) >= 0) {
          open = false;
          break;
        }
        // b's last < a's last <= 2^64 - 1, so adding 1 does not wrap.
        low = (b[j + 3]! + 1) >>> 0;
        high = low === 0 ? b[j + 2]! + 1 : b[j + 2]!;
        j += WORDS;
      }
      if (open) out.add(high, low, lastHigh, lastLow);
    }
    return new IntervalSet(out.words());
  }

  /**
   * The addresses below 2^width that are not in the set; addresses of the set at or above 2^width have no effect.
   *
   * @throws IntervalError `width-out-of-range` unless `width` is an integer from 1 to 64.
   */
  complement(width = 64): IntervalSet {
    if (!Number.isInteger(width) || width < 1 || width > 64) {
      throw new IntervalError("width-out-of-range", `an address width is 1 to 64 bits, not ${width}`);
    }
    const universe =
      width === 64 ? IntervalSet.full : IntervalSet.from([{ first: 0n, last: (1n << BigInt(width)) - 1n }]);
    return universe.subtract(this);
  }

  /** Whether both sets hold the same addresses. */
  equals(other: IntervalSet): boolean {
    const a = this.#words;
    const b = other.#words;
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }

  /** Whether every address of this set is in the other. */
  isSubsetOf(other: IntervalSet): boolean {
    const a = this.#words;
    const b = other.#words;
    let j = 0;
    for (let i = 0; i < a.length; i += WORDS) {
      // Intervals of b are not adjacent, so one of them alone must hold the whole interval.
      while (j < b.length && compareAt(b, j + 2, a, i) < 0) j += WORDS;
      if (j >= b.length || compareAt(b, j, a, i) > 0 || compareAt(b, j + 2, a, i + 2) < 0) return false;
    }
    return true;
  }

  /** Whether some address is in both sets. */
  overlaps(other: IntervalSet): boolean {
    const a = this.#words;
    const b = other.#words;
    let i = 0;
    let j = 0;
    while (i < a.length && j < b.length) {
      if (compareAt(a, i + 2, b, j) < 0) i += WORDS;
      else if (compareAt(b, j + 2, a, i) < 0) j += WORDS;
      else return true;
    }
    return false;
  }

  /** The intervals in ascending order. */
  *[Symbol.iterator](): Iterator<Interval> {
    const words = this.#words;
    for (let i = 0; i < words.length; i += WORDS) yield { first: addressAt(words, i), last: addressAt(words, i + 2) };
  }

  /** The intervals in hexadecimal, such as `{0x0-0xfff, 0x2000}`; `{}` is the empty set. */
  toString(): string {
    return `{${Array.from(this, formatInterval).join(", ")}}`;
  }
}
