import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BinBitsError, Bins, binOf, maximumBinBits, UnknownBinError } from "../../src/index.ts";

const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe("Bins", () => {
  it("has 2^k bins for k from 0 to 20", () => {
    for (let bits = 0; bits <= maximumBinBits; bits++) {
      const bins = new Bins(bits);
      expect([bins.bits, bins.count]).toEqual([bits, 2 ** bits]);
    }
  });

  it.each([-1, 21, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s bits", (bits) => {
    expect(() => new Bins(bits)).toThrow(BinBitsError);
    expect(() => new Bins(bits)).toThrow(expect.objectContaining({ code: "BIN_BITS", bits, name: "BinBitsError" }));
  });

  it("knows its bins from others", () => {
    const bins = new Bins(3);
    expect(() => bins.check(0)).not.toThrow();
    expect(() => bins.check(7)).not.toThrow();
    for (const bin of [-1, 8, 0.5, Number.NaN]) expect(() => bins.check(bin)).toThrow(UnknownBinError);
  });
});

describe("binOf", () => {
  it("is the hash divided by the length of a bin's range", () => {
    fc.assert(
      fc.property(u32, fc.integer({ min: 0, max: maximumBinBits }), (hash, bits) => {
        expect(binOf(hash, bits)).toBe(Math.floor(hash / 2 ** (32 - bits)));
      }),
    );
  });

  it("puts every key in bin 0 when there is one bin", () => {
    expect([0, 1, 0x80000000, 0xffffffff].map((hash) => binOf(hash, 0))).toEqual([0, 0, 0, 0]);
  });

  it("reads signed hashes as their bits", () => {
    fc.assert(
      fc.property(u32, (hash) => {
        expect(binOf(hash | 0, 12)).toBe(binOf(hash, 12));
      }),
    );
  });

  it("splits each bin in two with one bit more", () => {
    fc.assert(
      fc.property(u32, fc.integer({ min: 1, max: maximumBinBits }), (hash, bits) => {
        expect(binOf(hash, bits) >>> 1).toBe(binOf(hash, bits - 1));
      }),
    );
  });
});
