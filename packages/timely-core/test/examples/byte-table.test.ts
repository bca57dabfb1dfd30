// ByteTable against a map of strings, over many sizes and repeated keys.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteTable } from "../../examples/dataflows/byte-table.ts";
import { Utf8Column } from "../../src/index.ts";

const encoder = new TextEncoder();

/** A column of texts that starts somewhere inside of larger memory, as slices do. */
function column(texts: readonly string[]): Utf8Column {
  const parts = ["before", ...texts].map((text) => encoder.encode(text));
  const offsets = new Uint32Array(texts.length + 2);
  parts.forEach((part, i) => {
    offsets[i + 1] = (offsets[i] as number) + part.length;
  });
  const bytes = new Uint8Array(offsets.at(-1) as number);
  parts.forEach((part, i) => bytes.set(part, offsets[i]));
  return new Utf8Column(offsets.subarray(1), bytes);
}

/** Adds each batch to a table and to a map, which must agree. */
function compare(batches: readonly (readonly string[])[]): void {
  const table = new ByteTable();
  const expected = new Map<string, number>();
  for (const texts of batches) {
    const numbers = new Uint32Array(texts.length);
    table.add(column(texts), texts.length, numbers);
    for (const text of texts) if (!expected.has(text)) expected.set(text, expected.size);
    expect([...numbers]).toEqual(texts.map((text) => expected.get(text)));
  }
  expect(table.size).toBe(expected.size);
  for (const [text, number] of expected) {
    expect(new TextDecoder().decode(table.key(number))).toBe(text);
    expect(table.find(encoder.encode(text))).toBe(number);
  }
  expect(table.find(encoder.encode("nobody added this"))).toBe(-1);
}

describe("ByteTable", () => {
  it("numbers keys as a map would", () => {
    const text = fc.oneof(fc.string({ maxLength: 4 }), fc.string({ unit: "grapheme", maxLength: 40 }), fc.constant(""));
    fc.assert(fc.property(fc.array(fc.array(text, { maxLength: 50 }), { maxLength: 6 }), compare));
  });

  it("grows past its first slots, numbers and bytes", () => {
    const texts = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `key ${(from + i) * 7919}`);
    compare([texts(0, 500), texts(0, 3000), texts(2000, 9000), texts(100, 200)]);
  });
});
