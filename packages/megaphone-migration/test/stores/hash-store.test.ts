import { type Arena, byColumns, Columns, columns, hashInteger } from "@limmat/timely-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bins, binOf, hashStore, type IntegerKeyType, StoreError, StoreKeyError } from "../../src/index.ts";
import { arenas, conforms, type Kind } from "./conformance.ts";

function kind(key: IntegerKeyType, value: "f64" | "u32", keys: fc.Arbitrary<number>): Kind<number> {
  return {
    make() {
      const store = hashStore({ key, values: { other: "f32", value } });
      const { value: column, other } = store.columns;
      return {
        store,
        get: (k) => {
          const slot = store.find(k);
          return slot < 0 ? undefined : column.get(slot);
        },
        set: (k, v) => {
          const slot = store.upsert(k);
          column.set(slot, v);
          other.set(slot, v & 0xffff);
        },
        delete: (k) => store.delete(k),
        entries(bin) {
          const all = new Map<number, number>();
          store.forEach(bin, (slot) => {
            expect(other.get(slot)).toBe(column.get(slot) & 0xffff);
            all.set(store.keyOf(slot), column.get(slot));
          });
          return all;
        },
      };
    },
    key: keys,
    binOf: (k, bits) => binOf(hashInteger(k), bits),
    bits: [0, 3, 12, 14],
    givesBlocks: (bits) => bits <= 12,
    isExact: true,
  };
}

const few = fc.integer({ min: 0, max: 40 });
/** Keys whose hashes lie side by side: all of them fall into one or two segments. */
const near = fc.integer({ min: 0, max: 400 }).map((i) => unmix(0xfff_ff000 - 0x800 + i * 16));

/** The u32 that hashes to this. */
function unmix(hash: number): number {
  let h = hash;
  h ^= h >>> 16;
  h = Math.imul(h, 0x7ed1b41d);
  h ^= (h ^ (h >>> 13)) >>> 13;
  h = Math.imul(h, 0xa5cb9243);
  h ^= h >>> 16;
  return h >>> 0;
}

describe("hashStore of u32", () => {
  conforms(kind("u32", "f64", fc.oneof(few, near, fc.integer({ min: 0, max: 2 ** 32 - 1 }))));
});

describe("hashStore of i32", () => {
  conforms(
    kind(
      "i32",
      "u32",
      fc.oneof(few, fc.integer({ min: -40, max: -1 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    ),
  );
});

describe("hashStore of safe integers", () => {
  conforms(
    kind(
      "f64",
      "f64",
      fc.oneof(
        few,
        near,
        fc.maxSafeInteger(),
        few.map((i) => i * 2 ** 32),
        few.map((i) => -i),
      ),
    ),
  );
});

describe("hashStore", () => {
  it("finds bins by the hash that a stream of integers is exchanged by", () => {
    const schema = columns({ key: "f64", word: "u32", signed: "i32" });
    const keys = [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, 123456];
    const batch = new Columns(schema, keys.length, {
      key: Float64Array.from(keys),
      word: Uint32Array.from(keys),
      signed: Int32Array.from(keys),
    });
    for (const [name, type] of [
      ["key", "f64"],
      ["word", "u32"],
      ["signed", "i32"],
    ] as const) {
      const hashes = new Uint32Array(keys.length);
      byColumns(schema, name).hash(batch, hashes);
      for (let i = 0; i < keys.length; i++) {
        const store = hashStore({ key: type, values: { count: "u32" } });
        store.open({ bins: new Bins(12), worker: 0, arena: undefined });
        const bin = binOf(hashes[i] as number, 12);
        store.create(bin);
        const key = batch.get(i)[name];
        store.columns.count.add(store.upsert(key), 3);
        expect(store.columns.count.get(store.find(key))).toBe(3);
        expect(store.bytes(bin)).toBe(type === "f64" ? 12 : 8);
      }
    }
  });

  it("refuses what is no key of its type", () => {
    for (const [type, keys] of [
      ["u32", [-1, 2 ** 32, 0.5, Number.NaN, Number.POSITIVE_INFINITY]],
      ["i32", [2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN, 2 ** 32 - 1]],
      ["f64", [2 ** 53, 0.5, Number.NaN, Number.NEGATIVE_INFINITY]],
    ] as const) {
      const store = hashStore({ key: type, values: { count: "u32" } });
      store.open({ bins: new Bins(0), worker: 0, arena: undefined });
      store.create(0);
      for (const key of keys) expect(() => store.upsert(key)).toThrow(StoreKeyError);
      expect(store.upsert(-0)).toBe(store.find(0));
      expect(store.size).toBe(1);
    }
  });

  it("refuses descriptions that say nothing", () => {
    expect(() => hashStore({ key: "u8" as "u32", values: { a: "u32" } })).toThrow(StoreError);
    expect(() => hashStore({ key: "u32", values: {} })).toThrow(StoreError);
    expect(() => hashStore({ key: "u32", values: { "a b": "u32" } })).toThrow(StoreError);
    expect(() => hashStore({ key: "u32", values: { a: "utf8" as "u32" } })).toThrow(StoreError);
    expect(() => hashStore({ key: "u32", values: { a: "u32" } }).find(1)).toThrow(StoreError);
  });

  it("gives the slots of many keys that hold all together, though they make it grow", () => {
    const store = hashStore({ key: "u32", values: { count: "f64" } });
    store.open({ bins: new Bins(12), worker: 0, arena: undefined });
    for (let bin = 0; bin < 4096; bin++) store.create(bin);
    const keys = Uint32Array.from({ length: 60_000 }, (_, i) => (i % 50_000) * 77);
    const slots = new Int32Array(keys.length);
    store.upsertAll(keys, keys.length, slots);
    for (let i = 0; i < keys.length; i++) expect(store.keyOf(slots[i] as number)).toBe(keys[i]);
    expect(store.size).toBe(50_000);
  });

  it("finds room at once for a bin that arrives in the order of its hashes, rather than growing with it", () => {
    const [arena, other] = arenas(2 ** 24) as [Arena, Arena];
    const [from, to] = [
      hashStore({ key: "u32", values: { count: "f64" } }),
      hashStore({ key: "u32", values: { count: "f64" } }),
    ];
    from.open({ bins: new Bins(10), worker: 0, arena });
    to.open({ bins: new Bins(10), worker: 1, arena: other });
    for (const store of [from, to]) store.create(3);
    for (let key = 0, here = 0; here < 20_000; key++) {
      if (binOf(hashInteger(key), 10) !== 3) continue;
      from.upsert(key);
      here += 1;
    }
    let blocks = 0;
    const allocate = other.allocate.bind(other);
    other.allocate = (bytes) => {
      blocks += 1;
      return allocate(bytes);
    };
    const reader = from.read(3);
    const writer = to.write(3);
    for (let piece = reader.next(65_536); piece !== undefined; piece = reader.next(65_536)) writer.add(piece);
    expect(to.size).toBe(20_000);
    // Four segments, and perhaps one more block where the first range was less dense than the rest.
    expect(blocks).toBeLessThanOrEqual(8);
  });

  it("gives memory back when its keys are removed", () => {
    const [arena] = arenas() as [Arena];
    const free = arena.freeBytes;
    const store = hashStore({ key: "u32", values: { count: "f64" } });
    store.open({ bins: new Bins(3), worker: 0, arena });
    for (let bin = 0; bin < 8; bin++) store.create(bin);
    for (let key = 0; key < 40_000; key++) store.upsert(key);
    for (let key = 0; key < 39_000; key++) store.delete(key);
    for (let key = 39_000; key < 40_000; key++) expect(store.keyOf(store.find(key))).toBe(key);
    expect(store.size).toBe(1000);
    for (let key = 39_000; key < 40_000; key++) store.delete(key);
    expect(store.size).toBe(0);
    store.upsert(5);
    for (let bin = 0; bin < 8; bin++) store.drop(bin);
    // Slabs that came meanwhile are free but for their bookkeeping.
    expect((arena.freeBytes - free) % (2 ** 20 - 2 ** 14)).toBe(0);
  });
});
