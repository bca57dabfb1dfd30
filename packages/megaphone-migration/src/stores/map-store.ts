// The store for everything: a JavaScript Map a bin, any plain values (engine rule 10).

import { type BlockHandle, ByteWriter, DecodeError, type Key, keys } from "@limmat/timely-core";
import { binOf } from "../bins/index.ts";
import type { BinReader, BinStore, BinWriter, StorePlace } from "./bin-store.ts";
import { AbsentBinError, StoreError, StoreKeyError } from "./errors.ts";
import { codedPieces, type EntryCodec, type PieceCodec, plainPieces } from "./map-pieces.ts";
import { PresentBins } from "./present-bins.ts";

/** A key of a map store: what a Map finds by value. */
export type MapKey = string | number | boolean | bigint;

/** How a map store differs from its defaults. */
export interface MapStoreOptions<K, V> {
  /** The u32 hash of a key: that of the operator's `key`, by which its records find their bin. `keys` of timely-core if left out. */
  readonly hash?: (key: K) => number;
  /** How keys and values become bytes; as plain data if left out. */
  readonly codec?: EntryCodec<K, V>;
}

/** Of this many writes to a bin, one is measured. */
const SAMPLED = 64;
/** What an entry is taken to have, in bytes, before any was measured. */
const UNKNOWN_ENTRY = 32;

/** The entries of one bin. */
class MapBin<K, V> {
  readonly entries = new Map<K, V>();
  /** Writes so far, and those of them that were measured, with their bytes. */
  writes = 0;
  sampled = 0;
  sampledBytes = 0;

  get entryBytes(): number {
    return this.sampled === 0 ? UNKNOWN_ENTRY : this.sampledBytes / this.sampled;
  }
}

/**
 * Values of any plain data by keys that are strings, numbers, booleans or bigints. Values may be changed in place: in a bin that is
 * tracked, a `get` counts as a change.
 *
 * Limits: a JavaScript Map ends at 2^24 entries (it throws a RangeError), so a bin does; more entries need more bins. A million objects are
 * a long pause of the collector: numbers by integers belong in a hash store. What a bin will have in bytes is estimated from one
 * write in 64.
 */
export class MapStore<K extends MapKey, V> implements BinStore {
  readonly schema: string;
  readonly #hash: (key: K) => number;
  readonly #pieces: PieceCodec<K, V>;
  readonly #bins = new PresentBins(() => {});
  /** A bin has a map from its first entry on. */
  #maps: (MapBin<K, V> | undefined)[] = [];
  /** The keys that changed in each bin that is tracked. */
  readonly #changed = new Map<number, Set<K>>();
  readonly #scratch = new ByteWriter();
  #bits = -1;
  #size = 0;

  /** As `mapStore`. */
  constructor(options: MapStoreOptions<K, V> = {}) {
    this.#hash = options.hash ?? ((key) => keys.hash(key as Key));
    this.#pieces = options.codec === undefined ? plainPieces() : codedPieces(options.codec);
    this.schema = `map(${this.#pieces.name})`;
  }

  /** How many keys are here. */
  get size(): number {
    return this.#size;
  }

  /** The value of a key, or undefined. Throws `AbsentBinError` if its bin is not here, and `StoreKeyError` on what is no key; so do all below. */
  get(key: K): V | undefined {
    const bin = this.#binOf(key);
    if (this.#bins.tracked !== 0) this.#note(bin, key);
    return this.#maps[bin]?.entries.get(key);
  }

  /** Whether there is a value of the key. */
  hasKey(key: K): boolean {
    return this.#maps[this.#binOf(key)]?.entries.has(key) ?? false;
  }

  /** Gives a key a value. */
  set(key: K, value: V): void {
    const bin = this.#binOf(key);
    if (this.#bins.tracked !== 0) this.#note(bin, key);
    this.#put(bin, key, value);
  }

  /** Removes a key; returns whether it was there. */
  delete(key: K): boolean {
    const bin = this.#binOf(key);
    if (this.#bins.tracked !== 0) this.#note(bin, key);
    return this.#remove(bin, key);
  }

  /** The entries of a bin that is here, in the order of their first writes. Entries may be written and removed meanwhile. */
  *entries(bin: number): IterableIterator<[K, V]> {
    this.#bins.check(bin);
    for (const entry of this.#maps[bin]?.entries ?? []) {
      if (this.#bins.tracked !== 0) this.#note(bin, entry[0]);
      yield entry;
    }
  }

  open(place: StorePlace): void {
    this.#bins.open(place);
    this.#bits = place.bins.bits;
    this.#maps = new Array(place.bins.count).fill(undefined);
  }

  create(bin: number): void {
    this.#bins.add(bin);
  }

  has(bin: number): boolean {
    return this.#bins.has(bin);
  }

  bytes(bin: number): number {
    this.#bins.check(bin);
    const map = this.#maps[bin];
    return map === undefined ? 0 : Math.ceil(map.entries.size * map.entryBytes);
  }

  read(bin: number): BinReader {
    this.#bins.check(bin);
    const map = this.#maps[bin];
    return new MapReader(this.#pieces, map?.entries ?? new Map<K, V>(), [], map?.entryBytes ?? UNKNOWN_ENTRY);
  }

  write(bin: number): BinWriter {
    this.#bins.check(bin);
    return {
      add: (bytes) => {
        const piece = this.#pieces.read(bytes);
        for (const key of piece.removed) this.#checkRead(bin, key);
        for (const key of piece.keys) this.#checkRead(bin, key);
        for (const key of piece.removed) {
          if (this.#bins.tracked !== 0) this.#note(bin, key);
          this.#remove(bin, key);
        }
        for (let i = 0; i < piece.keys.length; i++) {
          const key = piece.keys[i] as K;
          if (this.#bins.tracked !== 0) this.#note(bin, key);
          this.#put(bin, key, piece.values[i] as V);
        }
      },
    };
  }

  drop(bin: number): void {
    this.#bins.remove(bin);
    this.#size -= this.#maps[bin]?.entries.size ?? 0;
    this.#maps[bin] = undefined;
    this.#changed.delete(bin);
  }

  /** Never: a Map belongs to its thread. */
  hasBlocks(bin: number): boolean {
    this.#bins.check(bin);
    return false;
  }

  /** Throws `StoreError`: there are no blocks. */
  give(bin: number): never {
    this.#bins.check(bin);
    throw new StoreError("a map store has no blocks to give away");
  }

  /** Throws `StoreError`: no map store gives blocks. */
  take(bin: number, _blocks: readonly BlockHandle[]): void {
    this.#bins.checkAbsent(bin);
    throw new StoreError("a map store has no blocks to take over");
  }

  track(bin: number): void {
    this.#bins.track(bin);
    this.#changed.set(bin, new Set());
  }

  changes(bin: number): BinReader {
    this.#bins.untrack(bin);
    const entries = new Map<K, V>();
    const removed: K[] = [];
    const map = this.#maps[bin];
    for (const key of this.#changed.get(bin) ?? []) {
      const value = map?.entries.get(key);
      if (value !== undefined || map?.entries.has(key)) entries.set(key, value as V);
      else removed.push(key);
    }
    this.#changed.delete(bin);
    return new MapReader(this.#pieces, entries, removed, map?.entryBytes ?? UNKNOWN_ENTRY);
  }

  #binOf(key: K): number {
    if (typeof key === "object" || typeof key === "function" || key === undefined)
      throw new StoreKeyError(key, "a Map finds strings, numbers, booleans and bigints; make one of them of the parts");
    if (this.#bits < 0) this.#bins.place; // throws
    const bin = binOf(this.#hash(key), this.#bits);
    if (!this.#bins.has(bin)) throw new AbsentBinError(bin, this.#bins.place.worker);
    return bin;
  }

  #put(bin: number, key: K, value: V): void {
    let map = this.#maps[bin];
    if (map === undefined) {
      map = new MapBin();
      this.#maps[bin] = map;
    }
    if (map.writes++ % SAMPLED === 0) {
      const to = this.#scratch;
      to.reset();
      this.#pieces.write({ removed: [], keys: [key], values: [value] }, 1, to);
      map.sampled++;
      map.sampledBytes += to.position;
    }
    const { entries } = map;
    const before = entries.size;
    entries.set(key, value);
    this.#size += entries.size - before;
  }

  #remove(bin: number, key: K): boolean {
    const map = this.#maps[bin];
    if (map?.entries.delete(key) !== true) return false;
    this.#size--;
    return true;
  }

  #note(bin: number, key: K): void {
    if (this.#bins.isTracked(bin)) this.#changed.get(bin)?.add(key);
  }

  #checkRead(bin: number, key: K): void {
    const isKey = ["string", "number", "boolean", "bigint"].includes(typeof key);
    if (!isKey || binOf(this.#hash(key), this.#bits) !== bin)
      throw new DecodeError(`a piece of bin ${bin} of a map store has a key that is none of it`, 0);
  }
}

/** Reads entries as they are met, which may change meanwhile. */
class MapReader<K, V> implements BinReader {
  readonly #codec: PieceCodec<K, V>;
  readonly #entries: Iterator<[K, V]>;
  readonly #out = new ByteWriter(1024);
  readonly #removed: K[];
  // Met but not sent: what did not fit the last piece.
  #keys: K[] = [];
  #values: V[] = [];
  #entryBytes: number;
  #isDone = false;

  constructor(codec: PieceCodec<K, V>, entries: ReadonlyMap<K, V>, removed: K[], entryBytes: number) {
    this.#codec = codec;
    this.#entries = entries.entries();
    this.#removed = removed;
    this.#entryBytes = entryBytes;
  }

  next(limit: number): Uint8Array | undefined {
    const removed = this.#removed.splice(0, Math.max(1, Math.floor(limit / this.#entryBytes)));
    let count = removed.length > 0 ? 0 : Math.max(1, Math.floor(limit / this.#entryBytes));
    while (this.#keys.length < count && !this.#isDone) {
      const { done, value } = this.#entries.next();
      if (done === true) {
        this.#isDone = true;
      } else {
        this.#keys.push(value[0]);
        this.#values.push(value[1]);
      }
    }
    count = Math.min(count, this.#keys.length);
    if (count + removed.length === 0) return undefined;
    const out = this.#out;
    for (;;) {
      out.reset();
      this.#codec.write({ removed, keys: this.#keys, values: this.#values }, count, out);
      if (out.position <= limit || count <= 1) break;
      count = Math.max(1, Math.min(count - 1, Math.floor((count * limit) / out.position)));
    }
    if (count > 0) this.#entryBytes = out.position / count;
    this.#keys = this.#keys.slice(count);
    this.#values = this.#values.slice(count);
    return out.finish();
  }
}

/** A store of any plain values: see {@link MapStore}. */
export function mapStore<K extends MapKey, V>(options: MapStoreOptions<K, V> = {}): MapStore<K, V> {
  return new MapStore(options);
}
