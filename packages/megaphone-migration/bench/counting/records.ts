// The records of the counting loads: a key, drawn at random when it is due, and for each the key and how often it came so far.
import { type BatchOf, batchFunction, Columns, columns, f64, u32 } from "@limmat/timely-core";

/** What is counted. */
export const occurrences = columns({ key: u32 });
/** A batch of it. */
export type Occurrences = BatchOf<typeof occurrences>;

/** What is put out: the key, and how often it came, this time included. */
export const counted = columns({ key: u32, count: f64 });
/** A batch of it. */
export type Counted = BatchOf<typeof counted>;

/** Records of a batch: what 8 KiB a column hold. */
const batchRecords = 2048;

/** Makes batches of keys below `keys`. */
export class KeySource {
  private readonly keys: number;
  private state: number;
  private next = 0;
  private readonly drawn = batchFunction(occurrences, (_, { key }, n) => {
    const scale = this.keys / 2 ** 32;
    let x = this.state;
    for (let i = 0; i < n; i++) {
      // Xorshift: every 32-bit number but 0, in an order that has nothing to do with the hash.
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      key[i] = (x >>> 0) * scale;
    }
    this.state = x;
    return n;
  });
  private stride = 1;
  private readonly inOrder = batchFunction(occurrences, (_, { key }, n) => {
    for (let i = 0; i < n; i++) key[i] = this.next + i * this.stride;
    this.next += n * this.stride;
    return n;
  });

  constructor(keys: number) {
    this.keys = keys;
    this.state = (Math.random() * 2 ** 32) | 1;
  }

  /** Gives `send` batches of `count` random keys in all. */
  random(count: number, send: (batch: Occurrences) => void): void {
    for (let left = count; left > 0; left -= batchRecords) send(this.drawn(ofLength(Math.min(left, batchRecords))));
  }

  /** Gives `send` batches of the keys `first`, `first + stride` and so on below `end`. */
  each(first: number, end: number, stride: number, send: (batch: Occurrences) => void): void {
    this.next = first;
    this.stride = stride;
    while (this.next < end) {
      send(this.inOrder(ofLength(Math.min(Math.ceil((end - this.next) / stride), batchRecords))));
    }
  }
}

const nothing = new Uint32Array(0);

/** A batch for `batchFunction` to take its size from. */
function ofLength(length: number): Occurrences {
  return new Columns(occurrences, length, { key: nothing });
}
