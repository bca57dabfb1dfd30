// The counts of the native operators: what one would write by hand for one worker that never gives anything away.

/** Counts by key. */
export interface FlatCounts {
  /** Counts each of the first `n` keys, and writes how often it came so far. */
  count(keys: Uint32Array, n: number, counts: Float64Array): void;
}

/** Any keys: open addressing, key and count side by side, at most three quarters full. */
export class HashCounts implements FlatCounts {
  private mask: number;
  /** For each slot the key plus 1, 0 where it is empty, and the count. */
  private slots: Float64Array;
  private used = 0;

  /** @param expected - keys for which there is room from the start. */
  constructor(expected: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, expected / 0.75)));
    this.mask = size - 1;
    this.slots = new Float64Array(2 * size);
  }

  count(keys: Uint32Array, n: number, counts: Float64Array): void {
    if (this.used + n > 0.75 * (this.mask + 1)) this.grow();
    const { slots, mask } = this;
    for (let i = 0; i < n; i++) {
      const name = (keys[i] as number) + 1;
      let slot = mix(keys[i] as number) & mask;
      for (let found = slots[2 * slot]; found !== name; found = slots[2 * slot]) {
        if (found === 0) {
          slots[2 * slot] = name;
          this.used += 1;
          break;
        }
        slot = (slot + 1) & mask;
      }
      const next = (slots[2 * slot + 1] as number) + 1;
      slots[2 * slot + 1] = next;
      counts[i] = next;
    }
  }

  private grow(): void {
    const { slots } = this;
    const mask = 2 * this.mask + 1;
    const larger = new Float64Array(2 * (mask + 1));
    for (let at = 0; at < slots.length; at += 2) {
      const name = slots[at] as number;
      if (name === 0) continue;
      let slot = mix(name - 1) & mask;
      while (larger[2 * slot] !== 0) slot = (slot + 1) & mask;
      larger[2 * slot] = name;
      larger[2 * slot + 1] = slots[at + 1] as number;
    }
    this.slots = larger;
    this.mask = mask;
  }
}

/** The keys of worker `index` of `peers` where key k belongs to worker k mod `peers`: one array. */
export class DenseCounts implements FlatCounts {
  private readonly shift: number;
  private readonly counts: Float64Array;

  /** @param peers - a power of two. */
  constructor(keys: number, peers: number) {
    this.shift = Math.log2(peers);
    this.counts = new Float64Array(Math.ceil(keys / peers));
  }

  count(keys: Uint32Array, n: number, out: Float64Array): void {
    const { counts, shift } = this;
    for (let i = 0; i < n; i++) {
      const slot = (keys[i] as number) >>> shift;
      const next = (counts[slot] as number) + 1;
      counts[slot] = next;
      out[i] = next;
    }
  }
}

/** Other bits than those that exchange divides keys by. */
function mix(key: number): number {
  const x = Math.imul(key ^ (key >>> 16), 0x9e3779b1);
  return (x ^ (x >>> 15)) >>> 0;
}
