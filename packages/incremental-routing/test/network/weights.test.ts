import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalPlaces, isWeight, WeightError, WeightUnit } from "../../src/network/index.ts";

/** Decimals as people write them: an integer and a number of places. */
const decimal = fc.tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 0, max: 6 }));
const written = ([digits, places]: [number, number]) => Number(`${digits}e-${places}`);

describe("decimalPlaces", () => {
  it("counts the places of the shortest decimal", () => {
    const cases: [number, number][] = [
      [1, 0],
      [0.1, 1],
      [1.25, 2],
      [1e-7, 7],
      [1.5e-7, 8],
      [1e21, 0],
      [1.5e300, 0],
      [2458.79, 2],
      [5e-324, 324],
    ];
    for (const [weight, places] of cases) expect(decimalPlaces(weight)).toBe(places);
  });
});

describe("WeightUnit", () => {
  it("keeps every decimal exactly and gives it back", () => {
    fc.assert(
      fc.property(decimal, (pair) => {
        const weight = written(pair);
        const unit = WeightUnit.decimal(6);
        expect(BigInt(unit.toInteger(weight))).toBe(BigInt(pair[0]) * 10n ** BigInt(6 - pair[1]));
        expect(unit.toWeight(unit.toInteger(weight))).toBe(weight);
      }),
    );
  });

  it("sums exactly, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 20 }), (pairs) => {
        const unit = WeightUnit.decimal(6);
        const sum = pairs.reduce((total, pair) => total + unit.toInteger(written(pair)), 0);
        const exact = pairs.reduce((total, [digits, places]) => total + BigInt(digits) * 10n ** BigInt(6 - places), 0n);
        expect(unit.toWeight(sum)).toBe(Number(`${exact}e-6`));
      }),
    );
    expect(WeightUnit.decimal(1).toWeight(3)).toBe(0.3);
    expect(WeightUnit.decimal(30).toWeight(7)).toBe(7e-30);
    expect(WeightUnit.decimal(0).toWeight(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });

  it("rounds to the nearest multiple of a resolution, halves up and never to nothing", () => {
    const cases: [resolution: number, weight: number, rounded: number][] = [
      [0.1, 0.15, 0.2],
      [0.1, 0.149, 0.1],
      [0.1, 0.0001, 0.1],
      [5, 12, 10],
      [5, 12.5, 15],
      [0.25, 1, 1],
      [1000, 1e17, 1e17],
      [3, 1e-300, 3],
    ];
    for (const [resolution, weight, rounded] of cases) {
      const unit = WeightUnit.resolution(resolution);
      expect(unit.toWeight(unit.toInteger(weight))).toBe(rounded);
    }
    for (const resolution of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => WeightUnit.resolution(resolution)).toThrow(WeightError);
    }
  });

  it("takes positive finite numbers for weights and nothing else", () => {
    for (const value of [1, 0.5, 5e-324, Number.MAX_VALUE]) expect(isWeight(value)).toBe(true);
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "1", null, undefined, 1n]) {
      expect(isWeight(value)).toBe(false);
    }
  });
});
