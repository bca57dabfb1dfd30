// Counts by integer key: a hash table with open addressing in two typed arrays.
import { mix32 } from "@limmat/timely-core";

/** How often each key has come. */
export class KeyCounts {
  /** How many distinct keys there are. */
  size = 0;
  private keys = new Uint32Array(1024);
  /** 0 where a slot is free. */
  private counts = new Uint32Array(1024);

  /** Counts the first `n` keys of a column. */
  add(column: Uint32Array, n: number): void {
    while ((this.size + n) * 2 > this.keys.length) this.grow();
    this.size += count(column, n, this.keys, this.counts);
  }

  /** The keys and their counts, in columns of their own. */
  entries(): { key: Uint32Array; count: Uint32Array } {
    const key = new Uint32Array(this.size);
    const count = new Uint32Array(this.size);
    let n = 0;
    for (let slot = 0; slot < this.keys.length; slot++) {
      if (this.counts[slot] === 0) continue;
      key[n] = this.keys[slot] as number;
      count[n++] = this.counts[slot] as number;
    }
    return { key, count };
  }

  private grow(): void {
    const { keys, counts } = this;
    this.keys = new Uint32Array(keys.length * 2);
    this.counts = new Uint32Array(keys.length * 2);
    const mask = this.keys.length - 1;
    for (let old = 0; old < keys.length; old++) {
      if (counts[old] === 0) continue;
      let slot = mix32(keys[old] as number) & mask;
      while (this.counts[slot] !== 0) slot = (slot + 1) & mask;
      this.keys[slot] = keys[old] as number;
      this.counts[slot] = counts[old] as number;
    }
  }
}

/** Counts keys in a table that has room; returns how many are new. */
function count(column: Uint32Array, n: number, keys: Uint32Array, counts: Uint32Array): number {
  const mask = keys.length - 1;
  let added = 0;
  for (let i = 0; i < n; i++) {
    const key = column[i] as number;
    let slot = mix32(key) & mask;
    while (counts[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
    if (counts[slot] === 0) {
      keys[slot] = key;
      added += 1;
    }
    counts[slot] = (counts[slot] as number) + 1;
  }
  return added;
}
