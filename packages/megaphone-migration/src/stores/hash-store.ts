// The fast store: integers as keys, numbers as values, all bins in one table that is ordered by the hash (engine rule 25).

import type { BlockHandle } from "@limmat/timely-core";
import type { BinReader, BinStore, BinWriter, StorePlace } from "./bin-store.ts";
import { DirtyPages } from "./dirty-pages.ts";
import { StoreError } from "./errors.ts";
import { HashReader, HashWriter } from "./hash-pieces.ts";
import { HashTable, positionsOf } from "./hash-table.ts";
import type { IntegerKeyType } from "./integer-key.ts";
import { PresentBins } from "./present-bins.ts";
import { BYTE_ORDER, type FieldTypes, RecordLayout } from "./record-layout.ts";
import { Slabs } from "./slabs.ts";
import { type SlotColumns, slotColumns } from "./slot-columns.ts";

/** What a hash store holds. */
export interface HashStoreOptions<V extends FieldTypes> {
  /** The type of its keys: unsigned or signed integers of 32 bits, or safe integers (`f64`). */
  readonly key: IntegerKeyType;
  /** The values of an entry by name. */
  readonly values: V;
}

/**
 * Entries of numbers by integer keys. A key is found or made by its slot, through which its values are read and written:
 * `store.columns.count.add(store.upsert(key), 1)`. A slot holds until the next `upsert` or `delete`, and not beyond the call of the user's
 * function.
 *
 * Limits: 2^31 words of 4 bytes a worker (of 8 with an `f64` anywhere); 52,428 keys in each 4096th of the hashes, which is 200 million
 * keys over all workers. 40 bytes a key or less with a value of 8 bytes, once there are some ten keys for each 4096th.
 */
export class HashStore<V extends FieldTypes> implements BinStore {
  readonly schema: string;
  /** The values of the entries. */
  readonly columns: SlotColumns<V>;
  readonly #layout: RecordLayout;
  readonly #keyType: IntegerKeyType;
  readonly #slabs: Slabs;
  readonly #bins: PresentBins;
  readonly #pages = new Map<number, DirtyPages>();
  #opened: HashTable | undefined;

  /** As `hashStore`. */
  constructor(options: HashStoreOptions<V>) {
    const { key, values } = options;
    if (!["u32", "i32", "f64"].includes(key)) throw new StoreError(`keys of type ${String(key)}: use u32, i32 or f64`);
    this.#layout = new RecordLayout(values, key === "f64" ? 2 : 1);
    this.#keyType = key;
    this.#slabs = new Slabs(this.#layout.unitWords);
    this.#bins = new PresentBins((slot) => this.#mark(this.#table.hashOf(slot)));
    this.schema = `hash-${BYTE_ORDER}(${key};${this.#layout.name})`;
    this.columns = slotColumns(this.#layout, this.#slabs, this.#bins);
  }

  get #table(): HashTable {
    if (this.#opened === undefined)
      throw new StoreError("a store is opened for the bins of an operator before its use");
    return this.#opened;
  }

  /** How many keys are here. */
  get size(): number {
    return this.#table.size;
  }

  /** The slot of a key, or -1. Throws `AbsentBinError` if its bin is not here, `StoreKeyError` on what is no key. */
  find(key: number): number {
    const table = this.#table;
    const slot = table.find(key);
    if (slot < 0) table.missedBin();
    return slot;
  }

  /** The slot of a key, which is added with values of 0 if it isn't there. Throws as `find` does, `StoreLimitError`, and what the arena throws when it is full. */
  upsert(key: number): number {
    const table = this.#table;
    const slot = table.find(key);
    return slot >= 0 ? slot : this.#insert(table);
  }

  /** Writes the slots of `n` keys, as `upsert` for each: they hold all together, until the next `upsert` or `delete`. */
  upsertAll(keys: ArrayLike<number>, n: number, slots: Int32Array): void {
    const table = this.#table;
    const { moves } = table.segments;
    for (let i = 0; i < n; i++) slots[i] = this.upsert(keys[i] as number);
    if (table.segments.moves !== moves) for (let i = 0; i < n; i++) slots[i] = table.find(keys[i] as number);
  }

  /** Removes a key; returns whether it was there. Throws as `find` does. */
  delete(key: number): boolean {
    const slot = this.find(key);
    if (slot < 0) return false;
    if (this.#bins.tracked !== 0) this.#bins.note(slot);
    this.#table.remove(slot);
    return true;
  }

  /** The key in a slot. */
  keyOf(slot: number): number {
    return this.#table.keyOf(slot);
  }

  /** Calls `visit` with the slot of each key of a bin, and the key; it may write values, but neither add nor remove keys. Throws `AbsentBinError`. */
  forEach(bin: number, visit: (slot: number, key: number) => void): void {
    this.#bins.check(bin);
    this.#table.forEach(bin, visit);
  }

  #insert(table: HashTable): number {
    const slot = table.insertMissed();
    if (this.#bins.tracked !== 0) this.#bins.note(slot);
    return slot;
  }

  open(place: StorePlace): void {
    this.#bins.open(place);
    this.#opened = new HashTable(this.#layout, this.#keyType, this.#bins, this.#slabs);
  }

  create(bin: number): void {
    this.#bins.add(bin);
  }

  has(bin: number): boolean {
    return this.#bins.has(bin);
  }

  bytes(bin: number): number {
    this.#bins.check(bin);
    return (this.#table.counts[bin] as number) * this.#layout.words * 4;
  }

  read(bin: number): BinReader {
    this.#bins.check(bin);
    return new HashReader(this.#table, bin, this.#bits);
  }

  write(bin: number): BinWriter {
    this.#bins.check(bin);
    return new HashWriter(this.#table, bin, this.#bits, () => this.#pages.get(bin));
  }

  drop(bin: number): void {
    this.#bins.remove(bin);
    this.#pages.delete(bin);
    this.#table.drop(bin);
  }

  hasBlocks(bin: number): boolean {
    this.#bins.check(bin);
    return this.#bins.place.arena !== undefined && this.#table.ownsBlocks;
  }

  give(bin: number): readonly BlockHandle[] {
    if (!this.hasBlocks(bin)) throw new StoreError(`bin ${bin} has no blocks of its own to give away`);
    this.#bins.remove(bin);
    this.#pages.delete(bin);
    return this.#table.give(bin);
  }

  take(bin: number, blocks: readonly BlockHandle[]): void {
    this.#bins.checkAbsent(bin);
    this.#table.take(bin, blocks);
    this.#bins.add(bin);
  }

  track(bin: number): void {
    this.#bins.track(bin);
    const { from, to } = positionsOf(bin, this.#bits);
    this.#pages.set(bin, new DirtyPages(from, to, Math.max(64, this.#table.counts[bin] as number)));
  }

  changes(bin: number): BinReader {
    this.#bins.untrack(bin);
    const pages = this.#pages.get(bin);
    this.#pages.delete(bin);
    return new HashReader(this.#table, bin, this.#bits, pages);
  }

  get #bits(): number {
    return this.#bins.place.bins.bits;
  }

  #mark(hash: number): void {
    const position = hash >>> 4;
    const bin = position >>> (28 - this.#bits);
    this.#pages.get(bin)?.mark(position);
  }
}

/** A store of numbers by integer keys: see {@link HashStore}. */
export function hashStore<V extends FieldTypes>(options: HashStoreOptions<V>): HashStore<V> {
  return new HashStore(options);
}
