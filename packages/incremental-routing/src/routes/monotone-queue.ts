// A radix heap with digits of five bits (Ahuja, Mehlhorn, Orlin, Tarjan 1990): a queue for Dijkstra's search, whose keys never
// fall below the last one taken. Near keys lie in buckets of their own, as in Dial's; far ones cost a step for every digit.

const DIGIT_BITS = 5;
const RADIX = 32;
/** Digits of keys below 2^53: six of the low 30 bits, five above. */
const LEVELS = 11;
const LOW_LEVELS = 6;
const TWO_30 = 1073741824;

/** A monotone priority queue of 32-bit items under integer keys below 2^53. Amortised O(digits that differ) an item. */
export class MonotoneQueue {
  /** The items of the batch that `nextBatch` took, `batchSize` of them. */
  batch: Int32Array = new Int32Array(1024);
  batchSize = 0;
  /**
   * First entries, by level and digit, -1 when empty. The level of a key is its highest digit that differs from that of
   * `#last`, or 0; so a bucket of level 0 has entries of one key.
   */
  readonly #heads = new Int32Array(LEVELS * RADIX).fill(-1);
  /** By level: a bit for every bucket that has entries. */
  readonly #occupied = new Int32Array(LEVELS);
  #next: Int32Array = new Int32Array(1024);
  #keys: Float64Array = new Float64Array(1024);
  #items: Int32Array = new Int32Array(1024);
  #used = 0;
  #free = -1;
  #last = 0;
  #size = 0;

  /** How many entries wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds an item; its key must not be below the last one taken since `clear`. */
  push(key: number, item: number): void {
    let entry = this.#free;
    if (entry >= 0) this.#free = this.#next[entry] as number;
    else {
      if (this.#used === this.#next.length) this.#grow();
      entry = this.#used++;
    }
    this.#keys[entry] = key;
    this.#items[entry] = item;
    this.#file(entry, key);
    this.#size++;
  }

  /** Takes all items of the least key into `batch` and gives that key; -1 when nothing waits. */
  nextBatch(): number {
    this.batchSize = 0;
    if (this.#size === 0) return -1;
    const occupied = this.#occupied;
    if (occupied[0] === 0) this.#spread();
    const low = occupied[0] as number;
    const digit = 31 - Math.clz32(low & -low);
    occupied[0] = low & (low - 1);
    const next = this.#next;
    const first = this.#heads[digit] as number;
    this.#heads[digit] = -1;
    this.#last = this.#keys[first] as number;
    let n = 0;
    let tail = first;
    for (let entry = first; entry >= 0; entry = next[entry] as number) {
      if (n === this.batch.length) this.batch = extended(this.batch, new Int32Array(2 * n));
      this.batch[n++] = this.#items[entry] as number;
      tail = entry;
    }
    next[tail] = this.#free;
    this.#free = first;
    this.batchSize = n;
    this.#size -= n;
    return this.#last;
  }

  /** Forgets everything, so that keys may begin again from 0. */
  clear(): void {
    if (this.#size > 0) {
      this.#heads.fill(-1);
      this.#occupied.fill(0);
    }
    this.#used = 0;
    this.#free = -1;
    this.#last = 0;
    this.#size = 0;
    this.batchSize = 0;
  }

  #file(entry: number, key: number): void {
    const last = this.#last;
    let level = 0;
    let digit = 0;
    const high = key < TWO_30 ? 0 : (key / TWO_30) | 0;
    const highDifference = high ^ (last < TWO_30 ? 0 : (last / TWO_30) | 0);
    if (highDifference !== 0) {
      const place = digitPlace(highDifference);
      level = LOW_LEVELS + place;
      digit = (high >>> (DIGIT_BITS * place)) & (RADIX - 1);
    } else {
      const difference = (key ^ last) & (TWO_30 - 1);
      level = digitPlace(difference | 1);
      digit = (key >>> (DIGIT_BITS * level)) & (RADIX - 1);
    }
    const bucket = level * RADIX + digit;
    this.#next[entry] = this.#heads[bucket] as number;
    this.#heads[bucket] = entry;
    this.#occupied[level] = (this.#occupied[level] as number) | (1 << digit);
  }

  /** Makes the least key the last one, so that its entries come down to level 0. */
  #spread(): void {
    const occupied = this.#occupied;
    let level = 1;
    while (occupied[level] === 0) level++;
    const digits = occupied[level] as number;
    const bucket = level * RADIX + 31 - Math.clz32(digits & -digits);
    occupied[level] = digits & (digits - 1);
    const next = this.#next;
    const keys = this.#keys;
    let entry = this.#heads[bucket] as number;
    this.#heads[bucket] = -1;
    let least = keys[entry] as number;
    for (let e = next[entry] as number; e >= 0; e = next[e] as number) {
      if ((keys[e] as number) < least) least = keys[e] as number;
    }
    this.#last = least;
    while (entry >= 0) {
      const following = next[entry] as number;
      this.#file(entry, keys[entry] as number);
      entry = following;
    }
  }

  #grow(): void {
    const capacity = 2 * this.#next.length;
    this.#next = extended(this.#next, new Int32Array(capacity));
    this.#keys = extended(this.#keys, new Float64Array(capacity));
    this.#items = extended(this.#items, new Int32Array(capacity));
  }
}

/** The place of the highest five-bit digit of a positive number that is not 0: floor(log2 / 5). */
function digitPlace(bits: number): number {
  return ((31 - Math.clz32(bits)) * 13) >>> 6;
}

function extended<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
