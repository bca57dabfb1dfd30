// Sorted intervals as plain words, four u32 each: first (high, low), then last (high, low) (address rule 2).
// What the set's operations share: moving bigints in and out of words, comparing words, and writing merged intervals.

/** Words an interval takes. */
export const WORDS = 4;

/** One 64-bit address seen as a bigint; `cellWords` is the same memory. Cheaper than shifts, which allocate bigints. */
export const cell = new BigUint64Array(1);
/** One 64-bit address seen as two words, at `HIGH` and `LOW`. */
export const cellWords = new Uint32Array(cell.buffer);
/** Where `cellWords` has the low word: 0 on little-endian machines. */
export const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;
/** Where `cellWords` has the high word. */
export const HIGH = 1 - LOW;

/** Below 0, 0 or above 0 as address a is below, equal to or above address b. */
export function compare(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return aHigh !== bHigh ? aHigh - bHigh : aLow - bLow;
}

/** Compares the address at word `i` of `a` with that at word `j` of `b`. */
export function compareAt(a: Uint32Array, i: number, b: Uint32Array, j: number): number {
  return compare(a[i]!, a[i + 1]!, b[j]!, b[j + 1]!);
}

/** The address at a word. */
export function addressAt(words: Uint32Array, at: number): bigint {
  cellWords[HIGH] = words[at]!;
  cellWords[LOW] = words[at + 1]!;
  return cell[0]!;
}

/** Collects intervals that arrive in ascending order of their starts, and merges those that overlap or touch. */
export class PackedWriter {
  readonly #words: Uint32Array;
  #end = 0;

  /** @param capacity the most intervals that will be added */
  constructor(capacity: number) {
    this.#words = new Uint32Array(capacity * WORDS);
  }

  add(firstHigh: number, firstLow: number, lastHigh: number, lastLow: number): void {
    const words = this.#words;
    const end = this.#end;
    if (end > 0) {
      const high = words[end - 2]!;
      const low = words[end - 1]!;
      // The successor of the last end; past 2^64 - 1 its high word is 2^32, which is above every start, as it must be.
      const nextLow = (low + 1) >>> 0;
      const nextHigh = nextLow === 0 ? high + 1 : high;
      if (compare(firstHigh, firstLow, nextHigh, nextLow) <= 0) {
        if (compare(lastHigh, lastLow, high, low) > 0) {
          words[end - 2] = lastHigh;
          words[end - 1] = lastLow;
        }
        return;
      }
    }
    words[end] = firstHigh;
    words[end + 1] = firstLow;
    words[end + 2] = lastHigh;
    words[end + 3] = lastLow;
    this.#end = end + WORDS;
  }

  /** What was written, in its own buffer's length. */
  words(): Uint32Array {
    return this.#end === this.#words.length ? this.#words : this.#words.slice(0, this.#end);
  }
}
