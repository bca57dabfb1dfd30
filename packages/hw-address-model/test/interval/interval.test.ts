import { describe, expect, it } from "vitest";
import {
  checkInterval,
  formatInterval,
  IntervalError,
  intervalOfSize,
  intervalSize,
  MAX_ADDRESS,
} from "../../src/interval/index.ts";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof IntervalError) return error.code;
    throw error;
  }
  return "none";
};

describe("interval", () => {
  it("holds both ends", () => {
    expect(intervalSize({ first: 5n, last: 5n })).toBe(1n);
    expect(intervalSize({ first: 0n, last: MAX_ADDRESS })).toBe(2n ** 64n);
  });

  it("is made from a size", () => {
    expect(intervalOfSize(0x1000n, 0x200n)).toEqual({ first: 0x1000n, last: 0x11ffn });
    expect(intervalOfSize(MAX_ADDRESS, 1n)).toEqual({ first: MAX_ADDRESS, last: MAX_ADDRESS });
    expect(intervalOfSize(0n, 2n ** 64n)).toEqual({ first: 0n, last: MAX_ADDRESS });
  });

  it.each([
    ["interval-empty", () => intervalOfSize(0n, 0n)],
    ["interval-out-of-range", () => intervalOfSize(1n, 2n ** 64n)],
    ["interval-out-of-range", () => intervalOfSize(4n, -1n)],
    ["interval-out-of-range", () => checkInterval({ first: -1n, last: 1n })],
    ["interval-out-of-range", () => checkInterval({ first: 0n, last: 2n ** 64n })],
    ["interval-inverted", () => checkInterval({ first: 1n, last: 0n })],
    ["not-a-bigint", () => checkInterval({ first: 0 as unknown as bigint, last: 0n })],
    ["not-a-bigint", () => intervalOfSize(0n, 1 as unknown as bigint)],
  ])("refuses with %s", (code, run) => {
    expect(codeOf(run)).toBe(code);
  });

  it("prints hexadecimal", () => {
    expect(formatInterval({ first: 0xabn, last: MAX_ADDRESS })).toBe("0xab-0xffffffffffffffff");
    expect(formatInterval({ first: 16n, last: 16n })).toBe("0x10");
  });
});
