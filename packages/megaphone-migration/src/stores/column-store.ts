// The store for keys that are numbers from 0 on: no keys in memory, only values, at places that the keys say.

import type { BlockHandle } from "@limmat/timely-core";
import type { BinReader, BinStore, BinWriter, StorePlace } from "./bin-store.ts";
import { ColumnCells } from "./column-cells.ts";
import { type ColumnBin, ColumnReader, ColumnWriter } from "./column-pieces.ts";
import { DirtyPages } from "./dirty-pages.ts";
import { AbsentBinError, StoreError, StoreKeyError } from "./errors.ts";
import { PresentBins } from "./present-bins.ts";
import { BYTE_ORDER, type FieldTypes, RecordLayout } from "./record-layout.ts";
import { privateArena, Slabs } from "./slabs.ts";
import { type SlotColumns, slotColumns } from "./slot-columns.ts";

/** What a column store holds. */
export interface ColumnStoreOptions<V extends FieldTypes> {
  /** How many keys there are: 0 to `keys` - 1. At most 2^32. */
  readonly keys: number;
  /** The values of an entry by name; those of every key are 0 at first. */
  readonly values: V;
}

/** Entries of a page: what is sent again if one of them changed. */
const PAGE = 64;

/**
 * Entries of numbers for every key from 0 on: `store.columns.count.add(store.slot(key), 1)`. The bin of a key is its low bits, so the
 * operator's `key` must be `denseKey`, or `denseHash` for rows. A slot holds as long as its bin is here, and not beyond the call of the
 * user's function.
 *
 * Limits: 2^31 words of 4 bytes a worker (of 8 with an `f64` anywhere), and 1 GiB a bin. Memory is that of the values; bins of less than
 * about 2 KiB share blocks, unless they fill multiples of 256 bytes, and are copied when they move.
 */
export class ColumnStore<V extends FieldTypes> implements BinStore {
  readonly schema: string;
  /** The values of the entries. */
  readonly columns: SlotColumns<V>;
  readonly #keys: number;
  readonly #layout: RecordLayout;
  readonly #slabs: Slabs;
  readonly #bins: PresentBins;
  readonly #pages = new Map<number, DirtyPages>();
  /** The bins that are tracked, in the order of their addresses. */
  #trackedBins: number[] = [];
  /** The address of each bin's first entry; -1 where it is not here. */
  #address = new Int32Array(0);
  #generation = new Uint32Array(0);
  #cells: ColumnCells | undefined;
  #bits = 0;
  #mask = 0;
  #stride: number;
  #entries = 0;

  /** As `columnStore`. */
  constructor(options: ColumnStoreOptions<V>) {
    const { keys, values } = options;
    if (!Number.isInteger(keys) || keys < 1 || keys > 2 ** 32)
      throw new StoreError(`${keys} keys: give an integer from 1 to 2^32`);
    this.#keys = keys;
    this.#layout = new RecordLayout(values, 0);
    this.#stride = this.#layout.stride;
    this.#slabs = new Slabs(this.#layout.unitWords);
    this.#bins = new PresentBins((slot) => this.#mark(slot));
    this.schema = `columns-${BYTE_ORDER}(${keys};${this.#layout.name})`;
    this.columns = slotColumns(this.#layout, this.#slabs, this.#bins);
  }

  /** The slot of a key. Throws `AbsentBinError` if its bin is not here, `StoreKeyError` on what is no key. */
  slot(key: number): number {
    if (!(key < this.#keys) || key >>> 0 !== key) this.#refuse(key);
    const address = this.#address[key & this.#mask] as number;
    if (!(address >= 0)) throw new AbsentBinError(key & this.#mask, this.#bins.place.worker);
    return address + Math.imul(key >>> this.#bits, this.#stride);
  }

  /** Calls `visit` with the slot of each key of a bin, and the key. */
  forEach(bin: number, visit: (slot: number, key: number) => void): void {
    const { address, entries } = this.#placeOf(bin);
    for (let entry = 0; entry < entries; entry++) {
      const key = entry * 2 ** this.#bits + bin;
      if (key < this.#keys) visit(address + entry * this.#stride, key);
    }
  }

  open(place: StorePlace): void {
    this.#bins.open(place);
    const { count, bits } = place.bins;
    this.#bits = bits;
    this.#mask = count - 1;
    this.#entries = Math.ceil(this.#keys / count);
    const bytes = Math.ceil((this.#entries * this.#layout.bytes) / 8) * 8;
    this.#cells = new ColumnCells(bytes, place.arena ?? privateArena(bytes), this.#slabs);
    this.#address = new Int32Array(count).fill(-1);
    this.#generation = new Uint32Array(count);
  }

  create(bin: number): void {
    this.#bins.checkAbsent(bin);
    const { address, generation } = this.#memory.take();
    this.#bins.add(bin);
    this.#address[bin] = address;
    this.#generation[bin] = generation;
  }

  has(bin: number): boolean {
    return this.#bins.has(bin);
  }

  bytes(bin: number): number {
    this.#bins.check(bin);
    return this.#entries * this.#layout.bytes;
  }

  read(bin: number): BinReader {
    return new ColumnReader(this.#slabs, this.#placeOf(bin));
  }

  write(bin: number): BinWriter {
    return new ColumnWriter(this.#slabs, this.#placeOf(bin), () => this.#pages.get(bin));
  }

  drop(bin: number): void {
    this.#bins.check(bin);
    this.#memory.release(this.#address[bin] as number, this.#generation[bin] as number);
    this.#forget(bin);
  }

  hasBlocks(bin: number): boolean {
    this.#bins.check(bin);
    return this.#bins.place.arena !== undefined && this.#memory.areBlocks;
  }

  give(bin: number): readonly BlockHandle[] {
    if (!this.hasBlocks(bin)) throw new StoreError(`bin ${bin} has no block of its own to give away`);
    const handle = this.#memory.handle(this.#address[bin] as number, this.#generation[bin] as number);
    this.#forget(bin);
    return [handle];
  }

  take(bin: number, blocks: readonly BlockHandle[]): void {
    this.#bins.checkAbsent(bin);
    const [handle] = blocks;
    const bytes = Math.ceil((this.#entries * this.#layout.bytes) / 8) * 8;
    if (handle === undefined || blocks.length !== 1 || handle.length !== bytes || !this.#memory.areBlocks)
      throw new StoreError(
        `bin ${bin} is one block of ${bytes} bytes here: give both workers' stores the same options`,
      );
    const address = this.#slabs.address(this.#memory.open(handle));
    this.#bins.add(bin);
    this.#address[bin] = address;
    this.#generation[bin] = handle.generation;
  }

  track(bin: number): void {
    this.#bins.track(bin);
    this.#pages.set(bin, new DirtyPages(0, this.#entries, this.#entries / PAGE));
    this.#trackedBins.splice(this.#trackedBefore(this.#address[bin] as number), 0, bin);
  }

  changes(bin: number): BinReader {
    this.#bins.untrack(bin);
    const pages = this.#pages.get(bin);
    this.#untrack(bin);
    return new ColumnReader(this.#slabs, this.#placeOf(bin), pages);
  }

  get #memory(): ColumnCells {
    if (this.#cells === undefined) throw new StoreError("a store is opened for the bins of an operator before its use");
    return this.#cells;
  }

  #placeOf(bin: number): ColumnBin {
    this.#bins.check(bin);
    const words = this.#stride * this.#layout.unitWords;
    return { bin, address: this.#address[bin] as number, entries: this.#entries, words };
  }

  #forget(bin: number): void {
    this.#untrack(bin);
    this.#bins.remove(bin);
    this.#address[bin] = -1;
  }

  #untrack(bin: number): void {
    if (this.#pages.delete(bin)) this.#trackedBins = this.#trackedBins.filter((tracked) => tracked !== bin);
  }

  /** How many tracked bins start at addresses before this one. */
  #trackedBefore(address: number): number {
    const bins = this.#trackedBins;
    let low = 0;
    for (let high = bins.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((this.#address[bins[middle] as number] as number) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #mark(slot: number): void {
    const bin = this.#trackedBins[this.#trackedBefore(slot + 1) - 1];
    if (bin === undefined) return;
    const entry = (slot - (this.#address[bin] as number)) / this.#stride;
    if (entry < this.#entries) this.#pages.get(bin)?.mark(entry);
  }

  #refuse(key: number): never {
    this.#memory; // a store that was not opened says so first
    throw new StoreKeyError(key, `give an integer from 0 to ${this.#keys - 1}`);
  }
}

/** A store of numbers for every key from 0 on: see {@link ColumnStore}. */
export function columnStore<V extends FieldTypes>(options: ColumnStoreOptions<V>): ColumnStore<V> {
  return new ColumnStore(options);
}
