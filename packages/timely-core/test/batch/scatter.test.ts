// Scattering equals the naive partition, in order, for every layout, straight into the memory that was reserved.

import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { ColumnsScatter } from "../../src/batch/columns-scatter.ts";
import {
  AlignmentError,
  type Batch,
  bool,
  Columns,
  columns,
  f64,
  i32,
  type Layout,
  Rows,
  rows,
  type Scatter,
  setDevelopment,
  u8,
  u16,
  u32,
  utf8,
} from "../../src/batch/index.ts";
import { scatterKernels } from "../../src/batch/scatter-kernels.ts";
import { countTargets, integerKeys } from "../../src/hash/index.ts";
import { partition } from "../oracle/partition.ts";
import { build, cases, recordsOf } from "./arbitraries.ts";

afterEach(() => setDevelopment(true));

/** Counts, as routing does, and plans. */
function plan<B extends Batch>(scatter: Scatter<B>, batch: B, targets: Uint32Array): void {
  countTargets(targets, batch.length, scatter.counts.length, scatter.counts);
  scatter.targets(batch.length).set(targets.subarray(0, batch.length));
  scatter.plan(batch);
}

describe("scatter", () => {
  it("gives every peer its records in order, at the places it was told, with some peer kept here or none", () => {
    const rounds = fc.array(fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        cases,
        fc.integer({ min: 1, max: 7 }),
        rounds,
        fc.integer({ min: -1, max: 6 }),
        fc.boolean(),
        (at, peers, routes, self, one) => {
          const { layout, records } = at;
          const scatter = layout.scatter(peers);
          const memory = new SharedArrayBuffer(1 << 16);
          for (const route of routes) {
            const targets = Uint32Array.from(route, (x) => (one ? (route[0] as number) : x) % peers);
            const batch = build(layout, records);
            const expected = partition(records, targets, peers);
            plan(scatter, batch, targets);
            expect([...scatter.counts]).toEqual(expected.map((part) => part.length));
            const bytes = new Uint8Array(memory, 8).fill(0x55);
            let offset = 16;
            const places: { peer: number; offset: number; length: number }[] = [];
            for (let peer = 0; peer < peers; peer++) {
              if (peer === self || scatter.counts[peer] === 0) continue;
              const length = scatter.byteLength(peer);
              scatter.place(peer, bytes, offset);
              places.push({ peer, offset, length });
              offset += Math.ceil(length / 8) * 8 + 8;
            }
            const mine = scatter.run(self);
            // The batch may go as soon as it has been scattered.
            batch.release();
            for (const { peer, offset: start, length } of places) {
              const there = layout.decode(bytes, start, length);
              expect(recordsOf(there)).toStrictEqual(expected[peer]);
              // The same bytes as if the part had been encoded by itself.
              const alone = new Uint8Array(length);
              layout.encode(build(layout, expected[peer] as unknown[]), alone, 0);
              expect([...bytes.subarray(start, start + length)]).toEqual([...alone]);
              expect([...bytes.subarray(start + length, start + length + 8)]).toEqual(new Array(8).fill(0x55));
            }
            expect(mine === undefined ? [] : recordsOf(mine)).toStrictEqual(expected[self] ?? []);
            expect(mine?.borrowed ?? false).toBe(false);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("takes slices and decoded views like any batch", () => {
    fc.assert(
      fc.property(
        cases,
        fc.nat(40),
        fc.array(fc.nat(2), { minLength: 40, maxLength: 40 }),
        ({ layout, records }, cut, route) => {
          const from = Math.min(cut, records.length);
          const whole = build(layout, records);
          const bytes = new Uint8Array(layout.byteLength(whole));
          layout.encode(whole, bytes, 0);
          const part = layout.slice(layout.decode(bytes, 0, bytes.length), from, records.length);
          const targets = Uint32Array.from(route);
          const expected = partition(records.slice(from), targets, 3);
          for (let self = 0; self < 3; self++) {
            const scatter = layout.scatter(3);
            plan(scatter, part, targets);
            for (let peer = 0; peer < 3; peer++) {
              if (peer !== self && scatter.counts[peer] !== 0)
                scatter.place(peer, new Uint8Array(scatter.byteLength(peer)), 0);
            }
            const mine = scatter.run(self);
            expect(mine === undefined ? [] : recordsOf(mine)).toStrictEqual(expected[self]);
          }
        },
      ),
    );
  });

  it.each<[string, Layout<Batch>, unknown[]]>([
    [
      "columns",
      columns({ a: u32, t: utf8 }) as unknown as Layout<Batch>,
      [1, 2, 3, 4, 5].map((a) => ({ a, t: `${a}` })),
    ],
    ["rows", rows<unknown>() as unknown as Layout<Batch>, [1, 2, 3, 4, 5]],
  ])("refuses peers without a place (%s)", (_name, layout, records) => {
    const batch = build(layout, records);
    const scatter = layout.scatter(3);
    plan(scatter, batch, new Uint32Array([0, 1, 0, 1, 2]));
    scatter.place(1, new Uint8Array(scatter.byteLength(1)), 0);
    expect(() => scatter.run(0)).toThrow(/worker 2 were given no place/);
    // What was refused leaves nothing behind.
    plan(scatter, batch, new Uint32Array(records.length));
    expect([...scatter.counts]).toEqual([records.length, 0, 0]);
    expect(recordsOf(scatter.run(0) as Batch)).toEqual(records);
    expect([...scatter.counts]).toEqual([0, 0, 0]);
    expect(scatter.run(0)).toBeUndefined();
  });

  const everyWidth = columns({ a: u32, b: u8, c: f64, d: u16, e: i32, f: bool });
  const withText = columns({ a: u32, t: utf8, d: u16 });
  it.each<[string, (peers: number) => Scatter<Batch>, (a: number) => unknown]>(
    [true, false].flatMap((kernels) => [
      [
        `columns, ${kernels ? "by kernels" : "without kernels"}`,
        (peers) =>
          new ColumnsScatter(everyWidth, peers, kernels ? scatterKernels() : null) as unknown as Scatter<Batch>,
        (a) => ({ a, b: a % 256, c: a / 7, d: a % 65536, e: 7 - a, f: a % 3 === 0 }),
      ],
      [
        `text, ${kernels ? "by kernels" : "without kernels"}`,
        (peers) => new ColumnsScatter(withText, peers, kernels ? scatterKernels() : null) as unknown as Scatter<Batch>,
        (a) => ({ a, t: `${a * a}`.slice(a % 7), d: a % 65536 }),
      ],
    ]),
  )("takes batches of several pieces, of any spread over peers: %s", (name, scatterOf, record) => {
    const layout = (name.startsWith("text") ? withText : everyWidth) as unknown as Layout<Batch>;
    const spread = fc.constantFrom<((i: number, peers: number) => number)[]>(
      (i, peers) => i % peers,
      (i) => (i < 3000 ? 0 : 1),
      (i, peers) => (i === 2047 ? peers - 1 : 0),
      (i) => Math.imul(i, 0x9e3779b1) >>> 8,
    );
    const sizes = fc.oneof(fc.integer({ min: 2, max: 70 }), fc.integer({ min: 2040, max: 7000 }), fc.constant(20_000));
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), sizes, spread, fc.boolean(), (peers, n, to, all) => {
        const records = Array.from({ length: n }, (_, a) => record(a));
        const targets = Uint32Array.from(records, (_, i) => to(i, peers) % peers);
        const expected = partition(records, targets, peers);
        const scatter = scatterOf(peers);
        plan(scatter, build(layout, records), targets);
        let parts: (Batch | undefined)[];
        if (all) {
          parts = scatter.parts();
        } else {
          const places = expected.map((_, peer) => new Uint8Array(scatter.byteLength(peer)));
          for (let peer = 1; peer < peers; peer++) scatter.place(peer, places[peer] as Uint8Array, 0);
          const mine = scatter.run(0);
          parts = places.map((bytes, peer) => (peer === 0 ? mine : layout.decode(bytes, 0, bytes.length)));
        }
        for (let peer = 0; peer < peers; peer++) {
          if ((expected[peer] as unknown[]).length === 0) continue;
          expect(recordsOf(parts[peer] as Batch)).toStrictEqual(expected[peer]);
        }
        for (const part of parts) part?.release();
      }),
      { numRuns: 15 },
    );
  });

  it("hashes a column of integers as keys are hashed", () => {
    const layout = columns({ other: u8, key: u32 });
    const keys = fc.uint32Array({ maxLength: 5000, size: "max" });
    fc.assert(
      fc.property(keys, fc.integer({ min: 0, max: 0xffffffff }), fc.nat(2), (key, seed, from) => {
        const first = Math.min(from, key.length);
        const whole = new Columns(layout, key.length, { other: new Uint8Array(key.length), key });
        const batch = layout.slice(whole, first, key.length);
        const scatter = layout.scatter(2);
        const targets = scatter.targets(batch.length);
        expect(scatter.hash(batch, { name: "key", seed })).toBe(true);
        const expected = Array.from(key.subarray(first), (value) => integerKeys.hash(value, seed));
        expect([...targets.subarray(0, batch.length)]).toEqual(expected);
      }),
      { numRuns: 30 },
    );
    expect(new ColumnsScatter(layout, 2, null).hash(layout.empty(), { name: "key", seed: 0 })).toBe(false);
    // What it can't read as 32-bit integers is left to the pact.
    expect(layout.scatter(2).hash(layout.empty(), { name: "other", seed: 0 })).toBe(false);
  });

  it("refuses columns a place that is unaligned or too small", () => {
    const layout = columns({ a: u16 });
    const scatter = layout.scatter(2);
    plan(scatter, build(layout as unknown as Layout<Batch>, [{ a: 1 }]) as never, new Uint32Array([1]));
    expect(() => scatter.place(1, new Uint8Array(64), 4)).toThrow(AlignmentError);
    expect(() => scatter.place(1, new Uint8Array(8), 0)).toThrow(RangeError);
  });

  it("copies rows by value to the own worker too in development, not in production", () => {
    const record = { a: [1] };
    for (const development of [true, false]) {
      setDevelopment(development);
      const scatter = rows<typeof record>().scatter(1);
      plan(scatter, new Rows([record]), new Uint32Array(1));
      const mine = scatter.run(0) as Rows<typeof record>;
      expect(mine.get(0)).toEqual(record);
      expect(mine.get(0) === record).toBe(!development);
    }
  });
});
