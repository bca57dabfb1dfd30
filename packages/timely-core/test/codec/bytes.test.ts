// The writer and the reader undo each other at every growth, width and edge; the reader refuses everything else.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUtf8, encodeUtf8, utf8Length } from "../../src/codec/bytes.ts";
import {
  ByteReader,
  ByteWriter,
  bytes,
  DecodeError,
  EncodeError,
  floats,
  integers,
  strings,
} from "../../src/codec/index.ts";
import { LimmatError } from "../../src/errors.ts";

type Step =
  | ["u8" | "u16" | "u32" | "i32" | "varint" | "zigzag" | "f64", number]
  | ["utf8", string]
  | ["align", 1 | 2 | 4 | 8];

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant("u8" as const), fc.integer({ min: 0, max: 0xff })),
  fc.tuple(fc.constant("u16" as const), fc.integer({ min: 0, max: 0xffff })),
  fc.tuple(fc.constant("u32" as const), fc.integer({ min: 0, max: 0xffffffff })),
  fc.tuple(fc.constant("i32" as const), fc.integer()),
  fc.tuple(fc.constant("varint" as const), fc.maxSafeNat()),
  fc.tuple(fc.constant("zigzag" as const), fc.maxSafeInteger()),
  fc.tuple(fc.constant("zigzag" as const), fc.integer({ min: -200, max: 200 })),
  fc.tuple(fc.constant("f64" as const), fc.double()),
  fc.tuple(fc.constant("utf8" as const), fc.string({ unit: "binary", maxLength: 80 })),
  fc.tuple(fc.constant("align" as const), fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const)),
);

function write(writer: ByteWriter, [kind, value]: Step): void {
  if (kind === "utf8") writer.utf8(value);
  else writer[kind](value);
}

describe("ByteWriter and ByteReader", () => {
  it("read back what was written, from any capacity and any offset", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 30 }), fc.nat(20), fc.nat(3), (script, capacity, ahead) => {
        const writer = new ByteWriter(capacity);
        for (let i = 0; i < ahead * 8; i++) writer.u8(0xaa);
        for (const step of script) write(writer, step);
        const reader = new ByteReader(writer.finish(), ahead * 8);
        for (const [kind, value] of script) {
          if (kind === "align") reader.align(value);
          else expect(reader[kind]()).toBe(value);
        }
        expect(reader.done).toBe(true);
      }),
    );
  });

  it("writes text as TextEncoder does, lone surrogates too, and counts it right", () => {
    const units = fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0xd83d, 0xde00, 0x41)), {
      maxLength: 70,
    });
    fc.assert(
      fc.property(units, fc.boolean(), (codes, shared) => {
        const text = String.fromCharCode(...codes);
        const expected = new TextEncoder().encode(text);
        expect(utf8Length(text)).toBe(expected.length);
        const memory = new Uint8Array(
          shared ? new SharedArrayBuffer(expected.length + 5) : new ArrayBuffer(expected.length + 5),
        );
        expect(encodeUtf8(text, memory, 3)).toBe(3 + expected.length);
        expect([...memory.subarray(3, 3 + expected.length)]).toEqual([...expected]);
        expect(decodeUtf8(memory, 3, 3 + expected.length)).toBe(
          new TextDecoder("utf-8", { ignoreBOM: true }).decode(expected),
        );
      }),
    );
  });

  it("keeps integers short", () => {
    const size = (use: (writer: ByteWriter) => void): number => {
      const writer = new ByteWriter();
      use(writer);
      return writer.position;
    };
    expect(size((w) => w.varint(127))).toBe(1);
    expect(size((w) => w.varint(128))).toBe(2);
    expect(size((w) => w.varint(Number.MAX_SAFE_INTEGER))).toBe(8);
    expect(size((w) => w.zigzag(63))).toBe(1);
    expect(size((w) => w.zigzag(-64))).toBe(1);
    expect(size((w) => w.zigzag(64))).toBe(2);
    expect(size((w) => w.zigzag(Number.MIN_SAFE_INTEGER))).toBe(8);
  });

  it("starts anew after reset, and hands out a view", () => {
    const writer = new ByteWriter();
    writer.u32(1);
    writer.reset();
    writer.raw(new Uint8Array([1, 2]));
    expect([...writer.finish()]).toEqual([1, 2]);
    expect([...new ByteReader(writer.finish()).raw(2)]).toEqual([1, 2]);
  });

  it.each([1.5, -1, 2 ** 53, NaN, Infinity])("refuses %d as a varint", (value) => {
    expect(() => new ByteWriter().varint(value)).toThrow(EncodeError);
  });

  it.each([1.5, 2 ** 53, -(2 ** 53), NaN, -Infinity])("refuses %d as a zigzag", (value) => {
    expect(() => new ByteWriter().zigzag(value)).toThrow(EncodeError);
  });

  it("refuses to read past the end, whatever is read, and says where", () => {
    const reads: ((reader: ByteReader) => unknown)[] = [
      (r) => r.u8(),
      (r) => r.u16(),
      (r) => r.u32(),
      (r) => r.i32(),
      (r) => r.f64(),
      (r) => r.varint(),
      (r) => r.zigzag(),
      (r) => r.utf8(),
      (r) => r.raw(1),
      (r) => r.align(2),
    ];
    for (const read of reads) {
      const reader = new ByteReader(new Uint8Array([1, 2, 3, 4]), 3, 3);
      expect(() => read(reader)).toThrow(DecodeError);
    }
    const caught = ((): unknown => {
      try {
        return new ByteReader(new Uint8Array(3), 1).u32();
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBeInstanceOf(LimmatError);
    expect(caught).toMatchObject({ code: "DECODE", offset: 1, name: "DecodeError" });
    expect(() => new ByteReader(new Uint8Array(3)).raw(-1)).toThrow(DecodeError);
    expect(() => new ByteReader(new Uint8Array(3), 4)).toThrow(DecodeError);
    expect(() => new ByteReader(new Uint8Array(3), 0, 4)).toThrow(DecodeError);
  });

  it("refuses varints that are too long, too large or cut short", () => {
    for (const malformed of [
      [0x80],
      [0xff, 0xff],
      new Array(8).fill(0xff),
      [...new Array(9).fill(0x80), 1],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x10],
    ]) {
      expect(() => new ByteReader(new Uint8Array(malformed)).varint()).toThrow(DecodeError);
    }
    const justAbove = [0xff, ...new Array(6).fill(0xff), 0x3f];
    expect(() => new ByteReader(new Uint8Array(justAbove)).zigzag()).toThrow(DecodeError);
  });
});

describe("codecs of known types", () => {
  it("round trip", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double(), fc.string(), fc.uint8Array(), (integer, float, text, data) => {
        const writer = new ByteWriter();
        integers.write(integer, writer);
        floats.write(float, writer);
        strings.write(text, writer);
        bytes.write(data, writer);
        const reader = new ByteReader(writer.finish());
        expect(integers.read(reader)).toBe(integer === 0 ? 0 : integer);
        expect(floats.read(reader)).toBe(float);
        expect(strings.read(reader)).toBe(text);
        const read = bytes.read(reader);
        expect(read).toEqual(data);
        writer.bytes.fill(0);
        expect(read).toEqual(data);
        expect(reader.done).toBe(true);
      }),
    );
  });
});
