// The laws of layouts, one suite for rows and columns alike: building, encoding at any aligned address, cutting and joining.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AlignmentError,
  type Batch,
  Columns,
  columns,
  f64,
  type Layout,
  Rows,
  rows,
  u8,
  u32,
  utf8,
} from "../../src/batch/index.ts";
import { DecodeError } from "../../src/codec/index.ts";
import { build, cases, fieldsArbitrary, recordsOf } from "./arbitraries.ts";

/** Encodes into memory of which neither the bytes before nor those behind may change. */
function encodeAt(
  layout: Layout<Batch>,
  batch: Batch,
  words: number,
  shared = false,
): { bytes: Uint8Array; offset: number; length: number } {
  const length = layout.byteLength(batch);
  const size = words * 8 + length + 16;
  const memory = new Uint8Array(shared ? new SharedArrayBuffer(size + 8) : new ArrayBuffer(size + 8), 8).fill(0x55);
  layout.encode(batch, memory, words * 8);
  expect(memory.subarray(0, words * 8).every((byte) => byte === 0x55)).toBe(true);
  expect(memory.subarray(words * 8 + length).every((byte) => byte === 0x55)).toBe(true);
  return { bytes: memory, offset: words * 8, length };
}

describe("layouts of rows and of columns", () => {
  it("build what was pushed, at any capacity, again and again", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 50 }), ({ layout, records }, capacity) => {
        const builder = layout.builder(capacity);
        expect(builder.capacity).toBe(capacity);
        for (let round = 0; round < 3; round++) {
          for (const record of records) builder.push(record as never);
          expect(builder.length).toBe(records.length);
          const batch = builder.finish();
          expect(builder.length).toBe(0);
          expect(batch.kind).toBe(layout.kind);
          expect(batch.length).toBe(records.length);
          expect(recordsOf(batch)).toStrictEqual(records);
          if (round > 0) batch.release();
        }
      }),
    );
  });

  it("build from records of another batch", () => {
    fc.assert(
      fc.property(cases, ({ layout, records }) => {
        const batch = build(layout, records);
        const builder = layout.builder(3);
        for (let i = batch.length - 1; i >= 0; i--) builder.pushFrom(batch, i);
        expect(recordsOf(builder.finish())).toStrictEqual([...records].reverse());
      }),
    );
  });

  it("decode what they encoded, at any aligned address, in shared memory too", () => {
    fc.assert(
      fc.property(cases, fc.nat(9), fc.boolean(), ({ layout, records }, words, shared) => {
        const { bytes, offset, length } = encodeAt(layout, build(layout, records), words, shared);
        const decoded = layout.decode(bytes, offset, length);
        expect(recordsOf(decoded)).toStrictEqual(records);
        expect(decoded.borrowed).toBe(layout.kind === "columns");
        // What is kept outlives the memory it came in.
        const kept = decoded.retain();
        const taken = decoded.take();
        decoded.release();
        bytes.fill(0xee);
        expect(recordsOf(kept)).toStrictEqual(records);
        expect(recordsOf(taken)).toStrictEqual(records);
      }),
    );
  });

  it("encode a batch the same whether or not its length was asked for just before", () => {
    fc.assert(
      fc.property(cases, cases, (a, b) => {
        const one = build(a.layout, a.records);
        const { bytes, offset, length } = encodeAt(a.layout, one, 0);
        const again = new Uint8Array(length);
        a.layout.encode(one, again, 0);
        expect([...again]).toEqual([...bytes.subarray(offset, offset + length)]);
        // A length asked in between must not leave its bytes to the next.
        if (a.layout.kind === "rows" && b.layout.kind === "rows") {
          a.layout.byteLength(build(a.layout, b.records));
          const third = new Uint8Array(length);
          a.layout.encode(one, third, 0);
          expect([...third]).toEqual([...again]);
        }
      }),
    );
  });

  it("slices hold the records asked for, and joining all slices gives the whole", () => {
    fc.assert(
      fc.property(cases, fc.array(fc.nat(40), { maxLength: 4 }), fc.boolean(), ({ layout, records }, cuts, encoded) => {
        const built = build(layout, records);
        const { bytes, offset, length } = encodeAt(layout, built, 1);
        const batch = encoded ? layout.decode(bytes, offset, length) : built;
        const at = [0, ...cuts.filter((cut) => cut <= records.length).sort((a, b) => a - b), records.length];
        const parts = at.slice(1).map((to, i) => layout.slice(batch, at[i] as number, to));
        for (const [i, part] of parts.entries()) expect(recordsOf(part)).toStrictEqual(records.slice(at[i], at[i + 1]));
        expect(recordsOf(layout.concat(parts))).toStrictEqual(records);
        // A slice encodes like any batch, from wherever in the whole it starts.
        for (const part of parts) {
          const there = encodeAt(layout, part, 2);
          expect(recordsOf(layout.decode(there.bytes, there.offset, there.length))).toStrictEqual(recordsOf(part));
          expect(recordsOf(part.copy())).toStrictEqual(recordsOf(part));
        }
      }),
    );
  });

  it("have an empty batch, which is what joining nothing gives", () => {
    fc.assert(
      fc.property(cases, ({ layout }) => {
        expect(layout.empty().length).toBe(0);
        expect(layout.concat([]).length).toBe(0);
        const { bytes, offset, length } = encodeAt(layout, layout.empty(), 1);
        expect(recordsOf(layout.decode(bytes, offset, length))).toEqual([]);
      }),
    );
  });

  it("refuse bytes cut short or mutated with a DecodeError, or read some batch", () => {
    const mutation = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
    fc.assert(
      fc.property(cases, mutation, fc.integer({ min: 1, max: 64 }), ({ layout, records }, changes, cut) => {
        const { bytes, offset, length } = encodeAt(layout, build(layout, records), 1);
        expect(() => layout.decode(bytes, offset, Math.max(0, length - cut))).toThrow(DecodeError);
        for (const [at, byte] of changes) bytes[offset + (at % length)] = byte;
        try {
          recordsOf(layout.decode(bytes, offset, length));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("have fingerprints that differ exactly when schemas do", () => {
    fc.assert(
      fc.property(fieldsArbitrary, fieldsArbitrary, (a, b) => {
        const same = JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));
        expect(columns(a).fingerprint === columns(b).fingerprint).toBe(same);
        expect(columns(a).fingerprint).not.toBe(rows().fingerprint);
      }),
    );
  });
});

describe("columns", () => {
  const edges = columns({ src: u32, dst: u32, weight: f64, name: utf8 });

  it("decode in place: what is written to the memory shows in the batch", () => {
    const layout = columns({ a: u32, b: u8 });
    const batch = new Columns(layout, 3, { a: new Uint32Array([1, 2, 3, 99]), b: new Uint8Array([4, 5, 6]) });
    const bytes = new Uint8Array(layout.byteLength(batch));
    layout.encode(batch, bytes, 0);
    const view = layout.decode(bytes, 0, bytes.length);
    expect(view.columns.a.buffer).toBe(bytes.buffer);
    new Uint32Array(bytes.buffer, 8)[1] = 77;
    expect(view.get(1)).toEqual({ a: 77, b: 5 });
    expect(view.columns.a.length).toBe(3);
  });

  it("lie in bytes as documented", () => {
    const layout = columns({ a: u32, t: utf8 });
    const batch = build(layout as unknown as Layout<Batch>, [
      { a: 7, t: "xy" },
      { a: 8, t: "é" },
      { a: 9, t: "" },
    ]);
    const { bytes, offset, length } = encodeAt(layout as unknown as Layout<Batch>, batch, 1);
    const u32s = new Uint32Array(bytes.buffer, bytes.byteOffset + offset, length / 4);
    expect(length).toBe(8 + 16 + 16 + 8);
    expect(u32s[0]).toBe(3);
    expect([...u32s.subarray(2, 5)]).toEqual([7, 8, 9]);
    expect([...u32s.subarray(6, 10)]).toEqual([0, 2, 4, 4]);
    expect(new TextDecoder().decode(bytes.subarray(offset + 40, offset + 44))).toBe("xyé");
  });

  it("refuse addresses that are no multiple of 8, and too little room", () => {
    const batch = edges.empty();
    const bytes = new Uint8Array(256);
    expect(() => edges.encode(batch, bytes, 4)).toThrow(AlignmentError);
    expect(() => edges.encode(batch, new Uint8Array(bytes.buffer, 4, 200), 0)).toThrow(AlignmentError);
    expect(() => edges.encode(batch, new Uint8Array(8), 0)).toThrow(RangeError);
    edges.encode(batch, bytes, 0);
    expect(() => edges.decode(new Uint8Array(bytes.buffer, 4, 200), 0, 24)).toThrow(AlignmentError);
    expect(() => edges.decode(bytes, 0, 4)).toThrow(DecodeError);
    expect(() => edges.decode(bytes, 248, 24)).toThrow(DecodeError);
    expect(() => edges.decode(bytes, 0, 248)).toThrow(/left over/);
  });

  it("refuse text whose offsets fall, start late or end beyond the bytes", () => {
    const layout = columns({ t: utf8 });
    const batch = build(layout as unknown as Layout<Batch>, [{ t: "ab" }, { t: "cd" }]) as never;
    for (const [offsets, problem] of [
      [[0, 5, 4], /fall at record 1/],
      [[1, 2, 4], /does not start at 0/],
      [[0, 2, 4000], /does not fit/],
    ] as const) {
      const bytes = new Uint8Array(layout.byteLength(batch));
      layout.encode(batch, bytes, 0);
      new Uint32Array(bytes.buffer).set(offsets, 2);
      expect(() => layout.decode(bytes, 0, bytes.length)).toThrow(problem);
    }
  });

  it("build text of any length, from records and from batches", () => {
    const layout = columns({ t: utf8 });
    const records = [1, 5000, 20000, 3, 100000].map((length, i) => ({ t: "aé😀"[i % 2]?.repeat(length) as string }));
    const batch = build(layout as unknown as Layout<Batch>, records, 2) as ReturnType<typeof layout.empty>;
    expect(recordsOf(batch as unknown as Batch)).toEqual(records);
    const builder = layout.builder(2);
    for (let i = 0; i < records.length; i++) builder.pushFrom(batch, i);
    expect(recordsOf(builder.finish() as unknown as Batch)).toEqual(records);
  });

  it("refuse slices outside the batch", () => {
    for (const [from, to] of [
      [-1, 0],
      [0, 1],
      [1, 0],
    ] as const) {
      expect(() => edges.slice(edges.empty(), from, to)).toThrow(RangeError);
    }
  });

  it("flush by default at 8 KiB of the widest column, rows at 1,024 records", () => {
    expect(columns({ a: u32, b: u32 }).builder().capacity).toBe(2048);
    expect(edges.builder().capacity).toBe(1024);
    expect(columns({ a: u8 }).builder().capacity).toBe(8192);
    expect(rows<number>().builder().capacity).toBe(1024);
  });
});

describe("rows", () => {
  it("refuse what is left over behind the records", () => {
    const layout = rows<number>();
    const batch = new Rows([1, 2]);
    const bytes = new Uint8Array(layout.byteLength(batch) + 1);
    layout.encode(batch, bytes, 0);
    expect(() => layout.decode(bytes, 0, bytes.length)).toThrow(DecodeError);
  });

  it("forget what was measured when measuring fails", () => {
    const layout = rows<unknown>();
    const good = new Rows<unknown>([1]);
    const bad = new Rows<unknown>([() => 1]);
    layout.byteLength(good);
    expect(() => layout.byteLength(bad)).toThrow(/function/);
    const bytes = new Uint8Array(2);
    layout.encode(good, bytes, 0);
    expect([...bytes]).toEqual([1, 0x81]);
  });
});
