// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan 1990): a queue for Dijkstra's search, whose keys never fall below the last
// one taken. It has no parameter to tune to the weights, and gives all entries of a key at once.

const TWO_32 = 4294967296;

/** A monotone priority queue of 32-bit items under integer keys below 2^53. Amortised O(log key range) an item. */
export class MonotoneQueue {
  /** The items of the batch that `nextBatch` took, `batchSize` of them. */
  batch: Int32Array = new Int32Array(1024);
  batchSize = 0;
  /** By bucket: its first entry, -1 when empty. Bucket b > 0 holds keys whose highest bit that differs from `#last` is b - 1. */
  readonly #heads = new Int32Array(54).fill(-1);
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
    const bucket = this.#bucketOf(key);
    this.#keys[entry] = key;
    this.#items[entry] = item;
    this.#next[entry] = this.#heads[bucket] as number;
    this.#heads[bucket] = entry;
    this.#size++;
  }

  /** Takes all items of the least key into `batch` and gives that key; -1 when nothing waits. */
  nextBatch(): number {
    this.batchSize = 0;
    if (this.#size === 0) return -1;
    const heads = this.#heads;
    const next = this.#next;
    const keys = this.#keys;
    if (heads[0] === -1) {
      let bucket = 1;
      while (heads[bucket] === -1) bucket++;
      let entry = heads[bucket] as number;
      heads[bucket] = -1;
      let least = keys[entry] as number;
      for (let e = next[entry] as number; e >= 0; e = next[e] as number) {
        if ((keys[e] as number) < least) least = keys[e] as number;
      }
      this.#last = least;
      while (entry >= 0) {
        const following = next[entry] as number;
        const to = this.#bucketOf(keys[entry] as number);
        next[entry] = heads[to] as number;
        heads[to] = entry;
        entry = following;
      }
    }
    let n = 0;
    let tail = -1;
    for (let e = heads[0] as number; e >= 0; e = next[e] as number) {
      if (n === this.batch.length) this.batch = extended(this.batch, new Int32Array(2 * n));
      this.batch[n++] = this.#items[e] as number;
      tail = e;
    }
    next[tail] = this.#free;
    this.#free = heads[0] as number;
    heads[0] = -1;
    this.batchSize = n;
    this.#size -= n;
    return this.#last;
  }

  /** Forgets everything, so that keys may begin again from 0. */
  clear(): void {
    this.#heads.fill(-1);
    this.#used = 0;
    this.#free = -1;
    this.#last = 0;
    this.#size = 0;
    this.batchSize = 0;
  }

  #bucketOf(key: number): number {
    const last = this.#last;
    if (key >= TWO_32) {
      const high = ((key / TWO_32) | 0) ^ ((last / TWO_32) | 0);
      if (high !== 0) return 64 - Math.clz32(high);
    }
    return 32 - Math.clz32(key ^ last);
  }

  #grow(): void {
    const capacity = 2 * this.#next.length;
    this.#next = extended(this.#next, new Int32Array(capacity));
    this.#keys = extended(this.#keys, new Float64Array(capacity));
    this.#items = extended(this.#items, new Int32Array(capacity));
  }
}

function extended<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
