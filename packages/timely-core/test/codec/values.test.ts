// Rows survive the codec whatever they are made of, what can't is named, and no bytes make the decoder do more than refuse.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, DecodeError, EncodeError, records, values } from "../../src/codec/index.ts";
import { MAX_DEPTH } from "../../src/codec/values.ts";

function encode(value: unknown): Uint8Array {
  const writer = new ByteWriter();
  values.write(value, writer);
  return writer.finish().slice();
}

function decode(bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes);
  const value = values.read(reader);
  expect(reader.done).toBe(true);
  return value;
}

function roundTrip<T>(value: T): T {
  return decode(encode(value)) as T;
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
  withUnicodeString: true,
  maxDepth: 4,
});

describe("values", () => {
  it("round trip, -0, NaN, holes and prototypes included", () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(roundTrip(value)).toStrictEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["lone surrogates", "a\ud800b\udc00"],
    ["long lone surrogates", "\udfff".repeat(3000)],
    ["long text", "née ".repeat(2000)],
    ["text of 63, 64 bytes", ["x".repeat(63), "x".repeat(64), "é".repeat(31), "é".repeat(32)]],
    ["a byte order mark", ["\ufeffa", `\ufeff${"a".repeat(99)}`]],
    [
      "bigints at every width",
      [0n, -1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 2n ** 64n - 1n, -(2n ** 64n), 2n ** 1000n + 7n],
    ],
    ["integers at every width", [0, 1, 127, 128, -1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1)]],
    ["numbers beyond", [-0, NaN, Infinity, -Infinity, 2 ** 53, 0.1, 5e-324, 1.7e308]],
    ["an invalid date", new Date(NaN)],
    ["buffers", { b: new Uint8Array([1, 2, 3]).buffer, v: new Float64Array([-0, NaN]), w: new BigInt64Array([-1n]) }],
    ["a map of maps", new Map<unknown, unknown>([[NaN, new Map([[-0, new Set([undefined, null])]])]])],
    ["empty things", [[], {}, new Map(), new Set(), "", new Uint8Array(0), new ArrayBuffer(0), Object.create(null)]],
    ["more shapes than are searched one by one", Array.from({ length: 60 }, (_, i) => ({ [`k${i % 20}`]: i, b: i }))],
    [
      "keys that hold the separator",
      Array.from({ length: 12 }, (_, i) => [{ [`${i}`]: 1 }, { "a\u0000b": i }, { a: i, b: i }]),
    ],
    [
      "a key in another order",
      [
        { a: 1, b: 2 },
        { b: 1, a: 2 },
      ],
    ],
  ])("round trip %s", (_name, value) => {
    const result = roundTrip(value);
    expect(result).toStrictEqual(value);
    expect(JSON.stringify(result, text)).toBe(JSON.stringify(value, text));
  });

  it("make a property named __proto__, not a prototype", () => {
    const value = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as object;
    const result = roundTrip(value);
    expect(Object.keys(result)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect((result as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("copy typed arrays out of what they are views of, subclasses as the typed array", () => {
    const whole = new Uint32Array([1, 2, 3, 4]);
    const result = roundTrip(whole.subarray(1, 3));
    expect(result).toEqual(new Uint32Array([2, 3]));
    expect(result.buffer.byteLength).toBe(8);
    class Mine extends Uint8Array {}
    expect(roundTrip(new Mine([7]))).toStrictEqual(new Uint8Array([7]));
  });

  it("write the names of a shape once a message, and messages decode alone", () => {
    const one = encode([{ source: 1, target: 2 }]);
    const two = encode([
      { source: 1, target: 2 },
      { source: 3, target: 4 },
    ]);
    expect(two.length - one.length).toBe(4);
    expect(decode(encode([{ source: 5, target: 6 }]))).toEqual([{ source: 5, target: 6 }]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ["a function", { a: [1, 2, 3, { b: () => 1 }] }, "$.a[3].b", /function/],
    ["a symbol", [Symbol.iterator], "$[0]", /symbol/],
    ["a class instance", { "odd name": new (class Point {})() }, '$["odd name"]', /Point/],
    ["a regular expression", /x/, "$", /RegExp/],
    ["an error", { e: new Error("x") }, "$.e", /Error/],
    ["a subclass of Array", { a: new (class List extends Array {})() }, "$.a", /List/],
    ["a subclass of Map", [new (class Table extends Map {})()], "$[0]", /Table/],
    ["a data view", [new DataView(new ArrayBuffer(1))], "$[0]", /DataView/],
    ["shared memory", new SharedArrayBuffer(1), "$", /SharedArrayBuffer/],
    ["a value of a map", new Map([["k", () => 1]]), "$(value 0)", /function/],
    ["a key of a map", new Map([[() => 1, 1]]), "$(key 0)", /function/],
    ["an item of a set", { s: new Set([1, Symbol("x")]) }, "$.s(item 1)", /symbol/],
  ])("name the field of %s", (_name, value, path, problem) => {
    const caught = ((): unknown => {
      try {
        return encode(value);
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBeInstanceOf(EncodeError);
    expect(caught).toMatchObject({ code: "ENCODE", path });
    expect((caught as Error).message).toMatch(problem);
    expect((caught as Error).message).toContain(path);
  });

  it("refuse cycles and nesting beyond the limit, allow the limit", () => {
    const cycle: unknown[] = [];
    cycle.push({ again: cycle });
    expect(() => encode(cycle)).toThrow(EncodeError);
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    expect(roundTrip(nested(MAX_DEPTH))).toEqual(nested(MAX_DEPTH));
    expect(() => encode(nested(MAX_DEPTH + 1))).toThrow(/cycle/);
    const tooDeep = new Uint8Array(2 * (MAX_DEPTH + 1) + 1);
    for (let i = 0; i < tooDeep.length - 1; i += 2) tooDeep.set([0x0b, 1], i);
    expect(() => decode(tooDeep)).toThrow(DecodeError);
  });

  it("let the errors of getters through", () => {
    const value = {
      get broken(): never {
        throw new RangeError("mine");
      },
    };
    expect(() => encode(value)).toThrow(new RangeError("mine"));
  });
});

describe("records", () => {
  it("share their shapes, and are values one by one", () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 6 }), (data) => {
        const writer = new ByteWriter();
        records.write(data, writer);
        const reader = new ByteReader(writer.finish());
        expect(records.read(reader)).toStrictEqual(data);
        expect(reader.done).toBe(true);
      }),
    );
  });

  it("name the record and the field", () => {
    expect(() => records.write([1, { f: () => 1 }], new ByteWriter())).toThrow(/^\$\[1\]\.f: /);
  });
});

describe("hostile bytes", () => {
  const refusesOrReads = (bytes: Uint8Array): void => {
    try {
      values.read(new ByteReader(bytes));
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
    }
  };

  it("cut short are refused, never read", () => {
    fc.assert(
      fc.property(anything, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (value, fraction) => {
        const bytes = encode(value);
        const cut = bytes.slice(0, Math.floor(fraction * bytes.length));
        expect(() => values.read(new ByteReader(cut))).toThrow(DecodeError);
      }),
      { numRuns: 300 },
    );
  });

  it("mutated are read as something or refused", () => {
    const mutations = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anything, mutations, (value, changes) => {
        const bytes = encode(value);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        refusesOrReads(bytes);
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), refusesOrReads), { numRuns: 500 });
  });

  it.each([
    ["an array", [0x0b]],
    ["a map", [0x10]],
    ["a set", [0x11]],
    ["text", [0x09]],
    ["code units", [0x0a]],
    ["a shape", [0x0d]],
    ["a buffer", [0x12]],
    ["a typed array", [0x13, 1]],
    ["a bigint", [0x07]],
  ])("that announce %s of 2^52 are refused before anything is allocated", (_name, head) => {
    const writer = new ByteWriter();
    writer.raw(new Uint8Array(head));
    writer.varint(2 ** 52);
    writer.raw(new Uint8Array(100));
    expect(() => values.read(new ByteReader(writer.finish()))).toThrow(/announced/);
  });

  it("refer to shapes and kinds that are not there", () => {
    expect(() => decode(new Uint8Array([0x0e, 0]))).toThrow(/shape/);
    expect(() => decode(new Uint8Array([0x13, 99, 0]))).toThrow(/typed array/);
    expect(() => decode(new Uint8Array([0x13, 6, 3, 1, 2, 3]))).toThrow(/Uint32Array/);
    expect(() => decode(new Uint8Array([0x0d, 2, 0x81, 0]))).toThrow(/property name/);
    expect(() => decode(new Uint8Array([0x3f]))).toThrow(/no value starts/);
  });
});

function text(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
