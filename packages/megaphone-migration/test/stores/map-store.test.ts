import { keys } from "@limmat/timely-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bins, binOf, type MapKey, mapStore, StoreError, StoreKeyError } from "../../src/index.ts";
import { conforms, type Kind, pieces } from "./conformance.ts";

interface Value {
  amount: number;
  words: string[];
}

const plain: Kind<MapKey> = {
  make() {
    const store = mapStore<MapKey, Value>();
    return {
      store,
      get: (key) => store.get(key)?.amount,
      set(key, amount) {
        const value = store.get(key);
        if (value === undefined) store.set(key, { amount, words: ["a"] });
        else value.amount = amount; // in place, which tracking must see as well
      },
      delete: (key) => store.delete(key),
      entries: (bin) => new Map([...store.entries(bin)].map(([key, { amount }]) => [key, amount])),
    };
  },
  key: fc.oneof(
    fc.integer({ min: 0, max: 30 }),
    fc.string({ maxLength: 3 }),
    fc.double().map((x) => (x === 0 ? 0 : x)),
    fc.boolean(),
    fc.bigInt({ min: -5n, max: 5n }),
  ),
  binOf: (key, bits) => binOf(keys.hash(key), bits),
  bits: [0, 3, 12],
  givesBlocks: () => false,
  isExact: false,
};

const amounts: Kind<string> = {
  make() {
    const store = mapStore<string, number>({
      hash: (key) => key.length << 29,
      codec: {
        key: { name: "text", write: (key, to) => to.utf8(key), read: (from) => from.utf8() },
        value: { name: "amount", write: (value, to) => to.f64(value), read: (from) => from.f64() },
      },
    });
    return {
      store,
      get: (key) => store.get(key),
      set: (key, value) => store.set(key, value),
      delete: (key) => store.delete(key),
      entries: (bin) => new Map(store.entries(bin)),
    };
  },
  key: fc.string({ maxLength: 7, unit: fc.constantFrom("a", "b", "é") }),
  binOf: (key, bits) => binOf(key.length << 29, bits),
  bits: [0, 2],
  givesBlocks: () => false,
  isExact: false,
};

describe("mapStore of plain data", () => {
  conforms(plain);

  it("counts its keys, and forgets those of a bin that is dropped", () => {
    const store = mapStore<string, number>();
    store.open({ bins: new Bins(0), worker: 0, arena: undefined });
    store.create(0);
    store.set("a", 1);
    store.set("b", 2);
    store.set("b", 3);
    expect([store.size, store.hasKey("b"), store.delete("b"), store.hasKey("b"), store.size]).toEqual([
      2,
      true,
      true,
      false,
      1,
    ]);
    store.drop(0);
    expect(store.size).toBe(0);
  });

  it("estimates bytes, and keeps to the limit of a piece where entries allow it", () => {
    const store = mapStore<number, string>();
    store.open({ bins: new Bins(0), worker: 0, arena: undefined });
    store.create(0);
    expect(store.bytes(0)).toBe(0);
    for (let i = 0; i < 2000; i++) store.set(i, "x".repeat(i % 100));
    store.set(2000, "y".repeat(5000));
    const sent = pieces(store.read(0), () => 1000);
    const total = sent.reduce((sum, { length }) => sum + length, 0);
    expect(store.bytes(0) / total).toBeGreaterThan(0.5);
    expect(store.bytes(0) / total).toBeLessThan(2);
    expect(sent.filter(({ length }) => length > 1000)).toHaveLength(1);
    expect(total / sent.length).toBeGreaterThan(500);
  });

  it("refuses keys that a Map would not find again, and values that are no plain data", () => {
    const store = mapStore<never, unknown>();
    expect(() => store.get(1 as never)).toThrow(StoreError);
    store.open({ bins: new Bins(0), worker: 0, arena: undefined });
    store.create(0);
    for (const key of [[1, 2], {}, undefined, null, () => 1])
      expect(() => store.set(key as never, 1)).toThrow(StoreKeyError);
    expect(() => store.set(1 as never, () => 1)).toThrow("can't cross workers");
    expect(store.size).toBe(0);
  });
});

describe("mapStore with a hash and codecs of its own", () => {
  conforms(amounts);
});
