// A store that is simple enough to read in a minute: a Map a bin, pieces of one entry.

import { ByteReader, ByteWriter, values } from "@limmat/timely-core";
import { type BinReader, type BinStore, type BinWriter, binOf, type StorePlace } from "../../src/index.ts";

export class PlainStore<K, V> implements BinStore {
  readonly schema = "plain";
  private readonly bins = new Map<number, Map<K, V>>();
  private readonly tracked = new Map<number, Set<K>>();
  private readonly hash: (key: K) => number;
  private bits = 0;

  constructor(hash: (key: K) => number) {
    this.hash = hash;
  }

  get(key: K): V | undefined {
    return this.of(key).get(key);
  }

  set(key: K, value: V): void {
    this.tracked.get(binOf(this.hash(key), this.bits))?.add(key);
    this.of(key).set(key, value);
  }

  delete(key: K): void {
    this.tracked.get(binOf(this.hash(key), this.bits))?.add(key);
    this.of(key).delete(key);
  }

  open({ bins }: StorePlace): void {
    this.bits = bins.bits;
  }

  create(bin: number): void {
    this.bins.set(bin, new Map());
  }

  has(bin: number): boolean {
    return this.bins.has(bin);
  }

  bytes(bin: number): number {
    return (this.bins.get(bin)?.size ?? 0) * 16;
  }

  read(bin: number): BinReader {
    return reader([...(this.bins.get(bin) as Map<K, V>)]);
  }

  write(bin: number): BinWriter {
    const map = this.bins.get(bin) as Map<K, V>;
    return {
      add(piece) {
        const [key, value] = values.read(new ByteReader(piece)) as [K, V | undefined];
        if (value === undefined) map.delete(key);
        else map.set(key, value);
      },
    };
  }

  drop(bin: number): void {
    this.bins.delete(bin);
  }

  hasBlocks(): boolean {
    return false;
  }

  give(): never {
    throw new Error("a plain store gives no blocks");
  }

  take(): void {
    throw new Error("a plain store takes no blocks");
  }

  track(bin: number): void {
    this.tracked.set(bin, new Set());
  }

  changes(bin: number): BinReader {
    const map = this.bins.get(bin) as Map<K, V>;
    const keys = [...(this.tracked.get(bin) as Set<K>)];
    this.tracked.delete(bin);
    return reader(keys.map((key): [K, V | undefined] => [key, map.get(key)]));
  }

  private of(key: K): Map<K, V> {
    const bin = binOf(this.hash(key), this.bits);
    const map = this.bins.get(bin);
    if (map === undefined) throw new Error(`bin ${bin} is not here`);
    return map;
  }
}

function reader<K, V>(entries: readonly [K, V | undefined][]): BinReader {
  let at = 0;
  return {
    next() {
      const entry = entries[at++];
      if (entry === undefined) return undefined;
      const writer = new ByteWriter();
      values.write(entry, writer);
      return writer.finish();
    },
  };
}
