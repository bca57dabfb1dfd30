import { Columns, columns } from "@limmat/timely-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Bins,
  binOf,
  columnStore,
  denseHash,
  denseKey,
  type FieldTypes,
  StoreError,
  StoreKeyError,
} from "../../src/index.ts";
import { arenas, conforms, type Kind } from "./conformance.ts";

/** Entries with a value of 0 count as absent: a column store has all. */
function kind<V extends FieldTypes & { value: "f64" | "u32" }>(
  keys: number,
  values: V,
  bits: readonly number[],
  givesBlocks: (bits: number) => boolean,
): Kind<number> {
  return {
    make() {
      const store = columnStore({ keys, values });
      const { value } = store.columns;
      return {
        store,
        get: (key) => value.get(store.slot(key)) || undefined,
        set: (key, x) => value.set(store.slot(key), x),
        delete(key) {
          const slot = store.slot(key);
          const had = value.get(slot) !== 0;
          value.set(slot, 0);
          return had;
        },
        entries(bin) {
          const all = new Map<number, number>();
          store.forEach(bin, (slot, key) => {
            if (value.get(slot) !== 0) all.set(key, value.get(slot));
          });
          return all;
        },
      };
    },
    key: fc.oneof(fc.integer({ min: 0, max: Math.min(keys, 200) - 1 }), fc.integer({ min: 0, max: keys - 1 })),
    binOf: (key, k) => binOf(denseHash(key, k), k),
    bits,
    givesBlocks,
    isExact: true,
  };
}

describe("columnStore of doubles", () => {
  conforms(kind(20_000, { value: "f64" }, [0, 3, 12], (bits) => bits <= 3));
});

describe("columnStore of several columns", () => {
  conforms(kind(500, { a: "f32", value: "u32", b: "i32" }, [0, 4], (bits) => bits === 0));
});

describe("columnStore", () => {
  it("puts the records of a stream into the bins that the pact finds", () => {
    const schema = columns({ key: "u32", other: "f64" });
    for (const bits of [0, 1, 7, 20]) {
      const keys = Uint32Array.of(0, 1, 2, 77, 12345, 999_999);
      const hashes = new Uint32Array(keys.length);
      denseKey(schema, "key", bits).hash(
        new Columns(schema, keys.length, { key: keys, other: new Float64Array(6) }),
        hashes,
      );
      const store = columnStore({ keys: 1_000_000, values: { count: "u32" } });
      store.open({ bins: new Bins(bits), worker: 0, arena: undefined });
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i] as number;
        expect(hashes[i]).toBe(denseHash(key, bits));
        const bin = binOf(hashes[i] as number, bits);
        expect(bin).toBe(key % 2 ** bits);
        if (!store.has(bin)) store.create(bin);
        expect(store.columns.count.add(store.slot(key), key)).toBe(key);
      }
    }
    expect(() => denseKey(schema, "other", 3)).toThrow(StoreError);
  });

  it("refuses what is no key, and numbers of keys that can't be", () => {
    const store = columnStore({ keys: 10, values: { count: "u32" } });
    expect(() => store.slot(1)).toThrow(StoreError);
    store.open({ bins: new Bins(0), worker: 0, arena: undefined });
    store.create(0);
    for (const key of [-1, 10, 0.5, Number.NaN, 2 ** 32]) expect(() => store.slot(key)).toThrow(StoreKeyError);
    for (const keys of [0, -1, 1.5, 2 ** 33])
      expect(() => columnStore({ keys, values: { a: "u32" } })).toThrow(StoreError);
  });

  it("takes no more memory than its values, in bins of any size", () => {
    for (const bits of [4, 12, 17]) {
      const [arena] = arenas(2 ** 22);
      const before = arena?.freeBytes as number;
      const store = columnStore({ keys: 2 ** 17, values: { count: "f64" } });
      store.open({ bins: new Bins(bits), worker: 0, arena });
      for (let bin = 0; bin < 2 ** bits; bin++) store.create(bin);
      expect(before - (arena?.freeBytes as number)).toBeLessThanOrEqual(2 ** 20 * 1.01);
      for (let bin = 0; bin < 2 ** bits; bin++) store.drop(bin);
      if (bits < 17) expect(arena?.freeBytes).toBe(before);
    }
  });

  it("takes over no block of another size", () => {
    const [arena] = arenas();
    const stores = [1000, 2000].map((keys) => columnStore({ keys, values: { count: "f64" } }));
    for (const store of stores) store.open({ bins: new Bins(0), worker: 0, arena });
    stores[0]?.create(0);
    expect(stores[0]?.hasBlocks(0)).toBe(true);
    expect(() => stores[1]?.take(0, stores[0]?.give(0) ?? [])).toThrow(StoreError);
    expect(stores[1]?.has(0)).toBe(false);
  });
});
