// ByteTable: numbers for keys that are bytes, such as the values of a text column, without making strings of them. A hash table with
// open addressing; the bytes of all keys lie end to end in one array.
import { hashBytes, type Utf8Column } from "@limmat/timely-core";

/** The table grows when more than this share of its slots is used. */
const mostFilled = 0.6;

/**
 * Values that are looked up together. Each look-up waits for memory twice, for the slot and for the bytes of the key there, and those of
 * many values are fetched at the same time when they are asked for in loops of their own.
 */
const piece = 512;

/** The numbers of a slot: the hash of its key, the key's number plus 1 (0 where the slot is free), where its bytes are, and how many. */
const slotWords = 4;

/**
 * Gives each distinct key a number: 0 to the first, 1 to the second, and so on, never to change. What belongs to keys is kept beside the
 * table, in arrays by number. A key takes its bytes and 30 to 60 more; up to 2^32 bytes of keys.
 */
export class ByteTable {
  /** How many distinct keys there are. */
  size = 0;
  private slots = new Uint32Array(slotWords * 1024);
  /** The bytes of key `n` are `bytes[starts[n], starts[n + 1])`. */
  private starts = new Uint32Array(1024);
  private bytes = new Uint8Array(16 * 1024);
  private readonly hashes = new Uint32Array(piece);
  /** Of no use but that fetching what it is made from can't be left out. */
  protected fetched = 0;

  /** Writes the numbers of the first `n` values of a column to `numbers`, adding those that are new. O(bytes). */
  add(values: Utf8Column, n: number, numbers: Uint32Array): void {
    const { offsets, bytes } = values;
    this.reserve(n, values.byteLength(n));
    for (let from = 0; from < n; from += piece) {
      const to = Math.min(n, from + piece);
      hashAll(bytes, offsets, from, to, this.hashes);
      fetchSlots(this.hashes, to - from, this.slots, numbers, from);
      this.fetched = fetchBytes(this.bytes, numbers, from, to);
      this.size = addAll(
        bytes,
        offsets,
        from,
        to,
        this.hashes,
        this.slots,
        this.starts,
        this.bytes,
        this.size,
        numbers,
      );
    }
  }

  /** The number of a key, or -1 when it was never added. */
  find(key: Uint8Array): number {
    const { slots, bytes } = this;
    const hash = hashBytes(key);
    const mask = slots.length - slotWords;
    for (let slot = slotOf(hash, mask); slots[slot + 1] !== 0; slot = (slot + slotWords) & mask) {
      const start = slots[slot + 2] as number;
      if (slots[slot] !== hash || slots[slot + 3] !== key.length) continue;
      if (key.every((byte, i) => byte === bytes[start + i])) return (slots[slot + 1] as number) - 1;
    }
    return -1;
  }

  /** The bytes of a key, as a view that is valid until more is added. */
  key(number: number): Uint8Array {
    return this.bytes.subarray(this.starts[number], this.starts[number + 1]);
  }

  /** Makes room for `keys` more, of so many bytes. */
  private reserve(keys: number, bytes: number): void {
    const most = this.size + keys;
    if (most >= this.starts.length) {
      const starts = new Uint32Array(Math.max(most + 1, this.starts.length * 2));
      starts.set(this.starts);
      this.starts = starts;
    }
    const end = (this.starts[this.size] as number) + bytes;
    if (end > this.bytes.length) {
      if (end > 0xffffffff) throw new RangeError(`${end} bytes of keys: a table holds at most 2^32`);
      const larger = new Uint8Array(Math.min(0xffffffff, Math.max(end, this.bytes.length * 2)));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    let { length } = this.slots;
    while (most > (length / slotWords) * mostFilled) length *= 2;
    if (length > this.slots.length) this.slots = rehashed(this.slots, length);
  }
}

/** Where a hash belongs. By its high bits, spread once more: the low ones are alike for all keys that were exchanged to one worker. */
function slotOf(hash: number, mask: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 5) & mask;
}

function rehashed(slots: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  const mask = length - slotWords;
  for (let old = 0; old < slots.length; old += slotWords) {
    if (slots[old + 1] === 0) continue;
    let slot = slotOf(slots[old] as number, mask);
    while (larger[slot + 1] !== 0) slot = (slot + slotWords) & mask;
    for (let word = 0; word < slotWords; word++) larger[slot + word] = slots[old + word] as number;
  }
  return larger;
}

function hashAll(values: Uint8Array, offsets: Uint32Array, from: number, to: number, hashes: Uint32Array): void {
  for (let i = from; i < to; i++) hashes[i - from] = hashBytes(values, 0, offsets[i], offsets[i + 1]);
}

/** Fetches the first slot of each hash; leaves where the bytes of its key are in `found`. */
function fetchSlots(hashes: Uint32Array, n: number, slots: Uint32Array, found: Uint32Array, at: number): void {
  const mask = slots.length - slotWords;
  for (let i = 0; i < n; i++) found[at + i] = slots[slotOf(hashes[i] as number, mask) + 2] as number;
}

/** Fetches the bytes at those places. */
function fetchBytes(bytes: Uint8Array, found: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += bytes[found[i] as number] as number;
  return sum;
}

function addAll(
  values: Uint8Array,
  offsets: Uint32Array,
  from: number,
  to: number,
  hashes: Uint32Array,
  slots: Uint32Array,
  starts: Uint32Array,
  bytes: Uint8Array,
  size: number,
  numbers: Uint32Array,
): number {
  const mask = slots.length - slotWords;
  let next = size;
  let end = starts[next] as number;
  for (let i = from; i < to; i++) {
    const first = offsets[i] as number;
    const length = (offsets[i + 1] as number) - first;
    const hash = hashes[i - from] as number;
    let slot = slotOf(hash, mask);
    for (;;) {
      const number = slots[slot + 1] as number;
      if (number === 0) {
        slots[slot] = hash;
        slots[slot + 1] = next + 1;
        slots[slot + 2] = end;
        slots[slot + 3] = length;
        for (let j = 0; j < length; j++) bytes[end + j] = values[first + j] as number;
        end += length;
        numbers[i] = next;
        next += 1;
        starts[next] = end;
        break;
      }
      if (slots[slot] === hash && slots[slot + 3] === length) {
        const start = slots[slot + 2] as number;
        let j = 0;
        while (j < length && bytes[start + j] === values[first + j]) j += 1;
        if (j === length) {
          numbers[i] = number - 1;
          break;
        }
      }
      slot = (slot + slotWords) & mask;
    }
  }
  return next;
}
