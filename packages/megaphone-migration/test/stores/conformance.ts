// What every store of bins must do, as properties against plain Maps: three workers' stores, between which bins move by copy, by blocks,
// and by a copy that is taken while the bin is in use.

import { Arena } from "@limmat/timely-core";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  AbsentBinError,
  type BinReader,
  type BinStore,
  Bins,
  PresentBinError,
  StoreError,
  UnknownBinError,
} from "../../src/index.ts";

/** A store and how this suite reaches its state: values are integers of at least 1. */
export interface Subject<K> {
  readonly store: BinStore;
  get(key: K): number | undefined;
  set(key: K, value: number): void;
  delete(key: K): boolean;
  /** The entries of a bin by the store's own iteration. */
  entries(bin: number): Map<K, number>;
}

/** A kind of store. */
export interface Kind<K> {
  make(): Subject<K>;
  readonly key: fc.Arbitrary<K>;
  binOf(key: K, bits: number): number;
  /** Numbers of bin bits to try. */
  readonly bits: readonly number[];
  /** For which of them a bin has blocks of its own where there is an arena. */
  givesBlocks(bits: number): boolean;
  /** Whether `bytes` is exact: at least what the pieces have less `slack` bytes for each. */
  readonly isExact: boolean;
}

const WORKERS = 3;
const RUNS = 60;

/** An arena of three workers in one thread, each with slabs enough. */
export function arenas(slabBytes = 2 ** 20): Arena[] {
  const descriptor = Arena.create({
    allocators: WORKERS,
    slabBytes,
    slabs: WORKERS,
    reserve: 15 * WORKERS,
    shared: false,
  });
  return Array.from({ length: WORKERS }, (_, allocator) => new Arena(descriptor, { allocator }));
}

/** All pieces of a reader, as copies. */
export function pieces(reader: BinReader, limit: () => number = () => 1000): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let piece = reader.next(limit()); piece !== undefined; piece = reader.next(limit())) all.push(piece.slice());
  expect(reader.next(limit())).toBeUndefined();
  return all;
}

type Step<K> =
  | { readonly do: "set"; readonly key: K; readonly value: number }
  | { readonly do: "delete"; readonly key: K }
  | { readonly do: "many"; readonly keys: readonly K[] }
  | { readonly do: "copy" | "give" | "drop"; readonly bin: number; readonly to: number; readonly limit: number }
  | {
      readonly do: "precopy";
      readonly bin: number;
      readonly to: number;
      readonly limit: number;
      readonly between: readonly (readonly Step<K>[])[];
    };

function steps<K>(kind: Kind<K>, bins: number): fc.Arbitrary<Step<K>[]> {
  const place = {
    bin: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: bins - 1 })),
    to: fc.integer({ min: 0, max: WORKERS - 1 }),
    limit: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(100_000)),
  };
  const set = fc.record({
    do: fc.constant("set" as const),
    key: kind.key,
    value: fc.integer({ min: 1, max: 2 ** 31 }),
  });
  const remove = fc.record({ do: fc.constant("delete" as const), key: kind.key });
  const many = fc.record({
    do: fc.constant("many" as const),
    keys: fc.array(kind.key, { minLength: 20, maxLength: 200 }),
  });
  const write = fc.oneof(
    { weight: 4, arbitrary: set },
    { weight: 2, arbitrary: remove },
    { weight: 1, arbitrary: many },
  );
  const move = fc.record({ do: fc.constantFrom("copy" as const, "give" as const, "drop" as const), ...place });
  const precopy = fc.record({
    do: fc.constant("precopy" as const),
    ...place,
    between: fc.array(fc.array(write, { maxLength: 4 }), { maxLength: 8 }),
  });
  return fc.array(
    fc.oneof({ weight: 5, arbitrary: write }, { weight: 2, arbitrary: move }, { weight: 2, arbitrary: precopy }),
    {
      maxLength: 40,
    },
  );
}

/** The workers of a run: their stores, and the model that these are compared with. */
class Workers<K> {
  readonly subjects: Subject<K>[];
  readonly owner: number[];
  readonly model: Map<K, number>[];
  readonly kind: Kind<K>;
  readonly bits: number;
  readonly hasArena: boolean;

  constructor(kind: Kind<K>, bits: number, hasArena: boolean) {
    this.kind = kind;
    this.bits = bits;
    this.hasArena = hasArena;
    const bins = new Bins(bits);
    const memory = hasArena ? arenas() : [];
    this.subjects = Array.from({ length: WORKERS }, () => kind.make());
    for (const [worker, { store }] of this.subjects.entries()) store.open({ bins, worker, arena: memory[worker] });
    this.owner = Array.from({ length: bins.count }, (_, bin) => bin % WORKERS);
    this.model = Array.from({ length: bins.count }, () => new Map());
    for (const [bin, worker] of this.owner.entries()) this.at(worker).store.create(bin);
  }

  at(worker: number): Subject<K> {
    return this.subjects[worker] as Subject<K>;
  }

  run(step: Step<K>): void {
    if (step.do === "set" || step.do === "delete") {
      const bin = this.kind.binOf(step.key, this.bits);
      const model = this.model[bin] as Map<K, number>;
      const worker = this.owner[bin] as number;
      const here = this.at(worker);
      expect(here.get(step.key)).toBe(model.get(step.key));
      expect(() => this.at((worker + 1) % WORKERS).get(step.key)).toThrow(AbsentBinError);
      if (step.do === "set") {
        here.set(step.key, step.value);
        model.set(step.key, step.value);
      } else {
        expect(here.delete(step.key)).toBe(model.delete(step.key));
      }
      expect(here.get(step.key)).toBe(model.get(step.key));
      return;
    }
    if (step.do === "many") {
      for (const [i, key] of step.keys.entries()) this.run({ do: "set", key, value: i + 1 });
      return;
    }
    const from = this.at(this.owner[step.bin] as number).store;
    if (step.do === "drop") {
      from.drop(step.bin);
      expect(from.has(step.bin)).toBe(false);
      this.model[step.bin]?.clear();
      this.owner[step.bin] = step.to;
      this.at(step.to).store.create(step.bin);
      return;
    }
    const to = this.at(step.to).store;
    if (to === from) return;
    if (step.do === "give") {
      expect(from.hasBlocks(step.bin)).toBe(this.hasArena && this.kind.givesBlocks(this.bits));
      if (from.hasBlocks(step.bin)) {
        const blocks = from.give(step.bin);
        expect(from.has(step.bin)).toBe(false);
        to.take(step.bin, structuredClone(blocks));
        this.owner[step.bin] = step.to;
        return;
      }
    }
    const size = from.bytes(step.bin);
    const sent: Uint8Array[] = [];
    if (step.do === "precopy") {
      from.track(step.bin);
      const reader = from.read(step.bin);
      let piece = reader.next(step.limit);
      for (const writes of step.between) {
        if (piece !== undefined) sent.push(piece.slice());
        for (const write of writes) this.run(write);
        if (piece !== undefined) piece = reader.next(step.limit);
      }
      for (; piece !== undefined; piece = reader.next(step.limit)) sent.push(piece.slice());
      sent.push(...pieces(from.changes(step.bin), () => step.limit));
    } else {
      sent.push(...pieces(from.read(step.bin), () => step.limit));
      const bytes = sent.reduce((sum, { length }) => sum + length, 0);
      if (this.kind.isExact) expect(bytes).toBeGreaterThanOrEqual(size);
    }
    from.drop(step.bin);
    to.create(step.bin);
    const writer = to.write(step.bin);
    for (const piece of sent) writer.add(piece);
    this.owner[step.bin] = step.to;
  }

  check(): void {
    for (const [bin, model] of this.model.entries()) {
      if (bin > 8 && model.size === 0) continue;
      for (let worker = 0; worker < WORKERS; worker++)
        expect(this.at(worker).store.has(bin)).toBe(worker === this.owner[bin]);
      expect(this.at(this.owner[bin] as number).entries(bin)).toEqual(model);
      for (const [key, value] of model) expect(this.at(this.owner[bin] as number).get(key)).toBe(value);
    }
  }
}

/** Declares the tests of a kind of store. */
export function conforms<K>(kind: Kind<K>): void {
  for (const bits of kind.bits) {
    for (const hasArena of [false, true]) {
      it(`keeps every entry while 2^${bits} bins move${hasArena ? " through an arena" : ""}`, () => {
        fc.assert(
          fc.property(steps(kind, 2 ** bits), (list) => {
            const workers = new Workers(kind, bits, hasArena);
            for (const step of list) workers.run(step);
            workers.check();
          }),
          { numRuns: RUNS },
        );
      });
    }
  }

  it("refuses bins that are not here, or here already, by errors that name them", () => {
    const bins = new Bins(2);
    const { store, entries } = kind.make();
    expect(() => store.create(0)).toThrow(StoreError);
    store.open({ bins, worker: 7, arena: undefined });
    expect(() => store.open({ bins, worker: 7, arena: undefined })).toThrow(StoreError);
    store.create(1);
    expect(() => store.create(1)).toThrow(PresentBinError);
    expect(() => store.take(1, [])).toThrow(PresentBinError);
    for (const use of [
      () => store.read(2),
      () => store.write(2),
      () => store.drop(2),
      () => store.give(2),
      () => store.hasBlocks(2),
      () => store.track(2),
      () => store.changes(2),
      () => store.bytes(2),
      () => entries(2),
    ]) {
      expect(use).toThrow(AbsentBinError);
      expect(use).toThrow("bin 2 is not on worker 7");
    }
    expect(() => store.has(4)).toThrow(UnknownBinError);
    expect(() => store.changes(1)).toThrow(StoreError);
    expect(() => store.give(1)).toThrow(StoreError); // there is no arena
    store.track(1);
    expect(() => store.track(1)).toThrow(StoreError);
    expect(pieces(store.changes(1))).toEqual([]);
  });

  it("takes no piece that was cut or overwritten at its start, and changes nothing then", () => {
    const bins = new Bins(1);
    fc.assert(
      fc.property(fc.array(kind.key, { minLength: 1, maxLength: 50 }), fc.nat(), (keys, cut) => {
        const [a, b] = [kind.make(), kind.make()];
        for (const { store } of [a, b]) {
          store.open({ bins, worker: 0, arena: undefined });
          store.create(0);
          store.create(1);
        }
        for (const key of keys) a.set(key, 5);
        const bin = kind.binOf(keys[0] as K, 1);
        const [piece] = pieces(a.store.read(bin), () => 1e6) as [Uint8Array];
        const before = b.entries(bin);
        expect(() => b.store.write(bin).add(piece.subarray(0, cut % piece.length))).toThrow(/at byte/);
        expect(() => b.store.write(1 - bin).add(piece)).toThrow(/at byte/);
        const broken = piece.slice();
        broken[0] = (broken[0] as number) ^ 0x55;
        expect(() => b.store.write(bin).add(broken)).toThrow(/at byte/);
        expect(b.entries(bin)).toEqual(before);
        b.store.write(bin).add(piece);
        expect(b.entries(bin)).toEqual(a.entries(bin));
      }),
    );
  });
}
