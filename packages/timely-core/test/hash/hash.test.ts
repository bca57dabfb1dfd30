// The published vectors, the reference murmur3 as an oracle, and what exchange and bins rely on: avalanche.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bytesKeys,
  countTargets,
  hashBytes,
  hashInteger,
  hashNumber,
  hashString,
  hashTuple,
  hashU32Column,
  integerKeys,
  type Key,
  keys,
  mix32,
  numberKeys,
  route,
  routeColumn,
  stringKeys,
} from "../../src/hash/index.ts";
import { murmur3 } from "../oracle/murmur3.ts";

const seeds = fc.integer({ min: 0, max: 0xffffffff });

describe("published vectors", () => {
  it.each([
    [0, 0, 0],
    [-0, 0, 0],
    [1, 0, 0x514e28b7],
    [-1, 0, 0xce2d4699],
    [2 ** 31, 0, 0x6d3c65a0],
    [-(2 ** 31), 0, 0xb7394ef9],
    [2 ** 32 - 1, 0, 0x81f16f39],
    [2 ** 32, 0, 0x2fef5c8f],
    [2 ** 53 - 1, 0, 0x9a5e7fa5],
    [-(2 ** 53 - 1), 0, 0x617f67a3],
    [123456789, 0, 0xba60d89a],
    [0, 1, 0x514e28b7],
    [42, 0xdeadbeef, 0x705b5ac1],
  ])("the integer %d under seed %d", (x, seed, hash) => {
    expect(hashInteger(x, seed)).toBe(hash);
    expect(hashNumber(x, seed)).toBe(hash);
    expect(keys.hash(BigInt(x), seed)).toBe(hash);
  });

  it.each([
    [1.5, 0x5fcc3b1e],
    [-0.1, 0x01e561cf],
    [Infinity, 0x824bf592],
    [-Infinity, 0xa22168d1],
    [2 ** 53, 0xffdd6425],
    [1e300, 0x19ff987e],
    [NaN, 0x9c57394f],
  ])("the number %d", (x, hash) => {
    expect(hashNumber(x)).toBe(hash);
    expect(numberKeys.hash(x)).toBe(hash);
  });

  it.each([
    ["", 0, 0],
    ["", 1, 0x514e28b7],
    ["abc", 0, 0xb3dd93fa],
    ["aaaa", 0x9747b28c, 0x5a97808a],
    ["Hello, world!", 0x9747b28c, 0x24884cba],
    ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
    ["é", 0, 0x10110787],
    ["日本語", 0, 0xa5a47297],
    ["😀", 0, 0xbeb42efa],
    ["a😀b", 7, 0x4cdccca9],
    ["naïve café", 0, 0x6764ea36],
  ])("the string %j under seed %d", (text, seed, hash) => {
    expect(hashString(text, seed)).toBe(hash);
    expect(hashBytes(new TextEncoder().encode(text), seed)).toBe(hash);
  });

  it("tuples and large bigints", () => {
    expect(hashTuple<[number, number]>(integerKeys, integerKeys).hash([1, 2])).toBe(0x2e7dcc10);
    expect(keys.hash([1, 2])).toBe(0x2e7dcc10);
    expect(keys.hash([7, "x"])).toBe(0x26ab5714);
    expect(keys.hash(2n ** 64n)).toBe(0xa4303650);
    expect(keys.hash(true)).toBe(hashInteger(1));
    expect(keys.hash([])).toBe(0);
  });

  it("names say what is hashed", () => {
    expect(hashTuple<[number, string]>(integerKeys, stringKeys).name).toBe("tuple(integer,string)");
  });
});

describe("laws", () => {
  it("strings and bytes equal the reference murmur3, whatever the code units", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), seeds, (text, seed) => {
        const bytes = new TextEncoder().encode(text);
        const expected = murmur3(bytes, seed);
        expect(hashString(text, seed)).toBe(expected);
        expect(hashBytes(bytes, seed)).toBe(expected);
        expect(bytesKeys.hash(bytes, seed)).toBe(expected);
      }),
    );
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 });
    fc.assert(
      fc.property(units, seeds, (codes, seed) => {
        const text = String.fromCharCode(...codes);
        expect(hashString(text, seed)).toBe(murmur3(new TextEncoder().encode(text), seed));
      }),
    );
  });

  it("a range of bytes hashes as its copy", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.nat(30), fc.nat(30), (bytes, a, b) => {
        const from = Math.min(a, b, bytes.length);
        const to = Math.min(Math.max(a, b), bytes.length);
        expect(hashBytes(bytes, 9, from, to)).toBe(hashBytes(bytes.slice(from, to), 9));
      }),
    );
  });

  it("equal numbers hash alike by every route, integers equal their 64-bit formula", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), seeds, (x, seed) => {
        const bits = BigInt.asUintN(64, BigInt(x));
        const low = Number(bits & 0xffffffffn);
        const high = Number(bits >> 32n);
        const expected = mix32(low ^ mix32(high) ^ seed);
        expect(hashInteger(x, seed)).toBe(expected);
        expect(hashNumber(x, seed)).toBe(expected);
        expect(keys.hash(x, seed)).toBe(expected);
      }),
    );
  });

  it("is a u32", () => {
    fc.assert(
      fc.property(fc.double(), seeds, (x, seed) => {
        const hash = hashNumber(x, seed);
        expect(hash).toBe(hash >>> 0);
      }),
    );
  });

  it("the u32 column kernel equals the integer hash, in place too", () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 50 }), seeds, (source, seed) => {
        const expected = Array.from(source, (x) => hashInteger(x, seed));
        const out = new Uint32Array(source.length + 1).fill(7);
        hashU32Column(source, out, source.length, seed);
        expect([...out]).toEqual([...expected, 7]);
        hashU32Column(source, source, source.length, seed);
        expect([...source]).toEqual(expected);
      }),
    );
    expect(() => hashU32Column(new Uint32Array(1), new Uint32Array(2), 2)).toThrow(RangeError);
    expect(() => hashU32Column(new Uint32Array(2), new Uint32Array(1), 2)).toThrow(RangeError);
  });

  it("refuses what is no key", () => {
    expect(() => keys.hash({} as unknown as Key)).toThrow(/no key/);
  });
});

describe("avalanche", () => {
  // Each flipped input bit must flip each output bit in about half of 4,000 samples; 0.5 +- 0.06 is 7.6 sigma.
  it.each([
    ["low word", (bit: number, x: number) => [x, (x ^ (1 << bit)) >>> 0]],
    [
      "high word",
      (bit: number, x: number) => [x + (x & 0xfffff) * 2 ** 32, x + ((x ^ (1 << (bit % 20))) & 0xfffff) * 2 ** 32],
    ],
  ] as const)("every bit of the %s moves every bit of the hash", (_name, pair) => {
    for (let bit = 0; bit < 32; bit++) {
      const flips = new Uint32Array(32);
      const samples = 4000;
      let x = 1;
      for (let i = 0; i < samples; i++) {
        x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
        const [a, b] = pair(bit, x);
        const difference = hashInteger(a as number) ^ hashInteger(b as number);
        for (let out = 0; out < 32; out++) flips[out] = (flips[out] as number) + ((difference >>> out) & 1);
      }
      for (const count of flips) expect(Math.abs(count / samples - 0.5)).toBeLessThan(0.06);
    }
  });

  // Chi-square of (peer, bin) cells over dense keys, the worst usual case; 6 sigma above the mean is the bar.
  it.each([2, 3, 4, 5, 7, 8, 16, 48, 64])("the route among %d peers says nothing about the bin", (peers) => {
    const bins = 64;
    const cells = new Float64Array(peers * bins);
    const n = peers * bins * 100;
    for (let key = 0; key < n; key++) {
      const hash = hashInteger(key);
      const cell = route(hash, peers) * bins + (hash >>> 26);
      cells[cell] = (cells[cell] as number) + 1;
    }
    const expected = n / cells.length;
    let chi = 0;
    for (const count of cells) chi += (count - expected) ** 2 / expected;
    const freedom = cells.length - 1;
    expect(chi).toBeLessThan(freedom + 6 * Math.sqrt(2 * freedom));
  });
});

describe("route", () => {
  it("stays inside the peers, and the column form equals it", () => {
    fc.assert(
      fc.property(
        fc.uint32Array({ maxLength: 40 }),
        fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 65536 })),
        (hashes, peers) => {
          const expected = Array.from(hashes, (hash) => route(hash, peers));
          for (const peer of expected) expect(peer >= 0 && peer < peers).toBe(true);
          const counts = new Uint32Array(peers).fill(7);
          routeColumn(hashes, hashes, hashes.length, peers, counts);
          expect([...hashes]).toEqual(expected);
          expect([...counts.keys()].every((p) => counts[p] === expected.filter((peer) => peer === p).length)).toBe(
            true,
          );
        },
      ),
    );
    const counts = new Uint32Array(2);
    expect(() => routeColumn(new Uint32Array(1), new Uint32Array(2), 2, 2, counts)).toThrow(RangeError);
    expect(() => routeColumn(new Uint32Array(2), new Uint32Array(2), 2, 3, counts)).toThrow(RangeError);
  });

  it("counts targets, and names one that is no worker", () => {
    const counts = new Uint32Array(3).fill(9);
    countTargets(new Uint32Array([2, 0, 2, 5]), 3, 3, counts);
    expect([...counts]).toEqual([1, 0, 2]);
    for (const bad of [3, 4, 70000, 0xffffffff]) {
      const targets = new Uint32Array([0, 1, bad, 1]);
      expect(() => countTargets(targets, 4, 3, counts)).toThrow(
        `record 2 is routed to worker ${bad}: workers are 0 to 2`,
      );
    }
  });
});
