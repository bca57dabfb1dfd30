import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocks, JetStreamError } from "../../src/jetstream/index.ts";

describe("blocks of sequence numbers", () => {
  it("gives the first block time 0", () => {
    const hundred = blocks(100);
    expect([1, 100, 101, 200, 201].map(hundred.timeOf)).toEqual([0, 0, 1, 1, 2]);
    expect([0, 1, 2].map(hundred.firstOf)).toEqual([1, 101, 201]);
  });

  it("names as first the least number of its time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e9 }), (size, sequence) => {
        const { timeOf, firstOf } = blocks(size);
        const time = timeOf(sequence);
        expect(firstOf(time)).toBeLessThanOrEqual(sequence);
        expect(firstOf(time + 1)).toBeGreaterThan(sequence);
        expect(timeOf(firstOf(time))).toBe(time);
      }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses blocks of %d messages", (size) => {
    expect(() => blocks(size)).toThrow(JetStreamError);
  });
});
