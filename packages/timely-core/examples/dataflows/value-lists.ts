// The values of each key: a hash table with open addressing, whose slots have lists in one typed array. A list that outgrows its room
// moves to the end, with twice the room.
import { mix32 } from "@limmat/timely-core";

const leastRoom = 4;

/** Values by key, where keys repeat. */
export class ValueLists {
  /** How many values the key of each slot has; 0 where a slot is free. */
  counts = new Uint32Array(1024);
  private keys = new Uint32Array(1024);
  /** Where the list of each slot starts. */
  private starts = new Uint32Array(1024);
  private values = new Uint32Array(1024);
  private end = 0;
  private used = 0;

  /** Makes room for `more` keys. */
  reserve(more: number): void {
    // At most half of the slots are used, so that probing stays short.
    let slots = this.keys.length;
    while ((this.used + more) * 2 > slots) slots *= 2;
    if (slots > this.keys.length) this.rehash(slots);
  }

  /** Adds a value; `reserve` must have made room. */
  add(key: number, value: number): void {
    const slot = slotOf(this.keys, this.counts, key);
    const count = this.counts[slot] as number;
    // Room is doubled when it is full: at 4, 8, 16 and so on.
    if (count === 0) {
      this.keys[slot] = key;
      this.used += 1;
      this.starts[slot] = this.allot(leastRoom);
    } else if (count >= leastRoom && (count & (count - 1)) === 0) {
      const from = this.starts[slot] as number;
      const start = this.allot(count * 2);
      this.values.copyWithin(start, from, from + count);
      this.starts[slot] = start;
    }
    this.values[(this.starts[slot] as number) + count] = value;
    this.counts[slot] = count + 1;
  }

  /** The slot of a key, or -1 when it has no values. */
  find(key: number): number {
    const slot = slotOf(this.keys, this.counts, key);
    return this.counts[slot] === 0 ? -1 : slot;
  }

  /** Writes the values of a slot to `values` from `at` on, and `other` beside each to `others`; returns where that ends. */
  copy(slot: number, values: Uint32Array, others: Uint32Array, other: number, at: number): number {
    const { values: source } = this;
    const start = this.starts[slot] as number;
    const count = this.counts[slot] as number;
    for (let i = 0; i < count; i++) {
      values[at + i] = source[start + i] as number;
      others[at + i] = other;
    }
    return at + count;
  }

  /** The start of a new list at the end. */
  private allot(room: number): number {
    const start = this.end;
    this.end += room;
    if (this.end > this.values.length) {
      const larger = new Uint32Array(Math.max(this.end, this.values.length * 2));
      larger.set(this.values);
      this.values = larger;
    }
    return start;
  }

  private rehash(slots: number): void {
    const { keys, counts, starts } = this;
    this.keys = new Uint32Array(slots);
    this.counts = new Uint32Array(slots);
    this.starts = new Uint32Array(slots);
    for (let old = 0; old < keys.length; old++) {
      if (counts[old] === 0) continue;
      const slot = slotOf(this.keys, this.counts, keys[old] as number);
      this.keys[slot] = keys[old] as number;
      this.counts[slot] = counts[old] as number;
      this.starts[slot] = starts[old] as number;
    }
  }
}

/** Where a key is, or where it belongs. By the high bits of its hash: the low ones are alike on one worker. */
function slotOf(keys: Uint32Array, counts: Uint32Array, key: number): number {
  const mask = keys.length - 1;
  let slot = (mix32(key) >>> 8) & mask;
  while (counts[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
  return slot;
}
