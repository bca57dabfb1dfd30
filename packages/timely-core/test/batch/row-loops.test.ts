// The loops over rows, compiled and not, equal the array methods of the same names.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterLoop, flatMapLoop, mapLoop } from "../../src/batch/row-loops.ts";

const arrays = fc.array(fc.oneof(fc.integer(), fc.double(), fc.string()), { maxLength: 50 });

describe.each([true, false])("loops over rows, compiled: %s", (codegen) => {
  it("map, filter and flatMap as arrays do, and leave the array as it was", () => {
    fc.assert(
      fc.property(arrays, fc.nat(3), (data, k) => {
        const before = [...data];
        const f = (record: unknown) => [record, k];
        const keep = (record: unknown) => String(record).length % 4 <= k;
        const many = (record: unknown) =>
          Array.from({ length: String(record).length % (k + 1) }, (_, i) => [record, i]);
        expect(mapLoop(f, codegen)(data)).toEqual(data.map(f));
        expect(filterLoop(keep, codegen)(data)).toEqual(data.filter(keep));
        expect(flatMapLoop(many, codegen)(data)).toEqual(data.flatMap(many));
        expect(flatMapLoop((record) => new Set(many(record)), codegen)(data)).toEqual(data.flatMap(many));
        expect(data).toEqual(before);
      }),
    );
  });

  it("give the function the record alone", () => {
    const seen: unknown[][] = [];
    const look = (...given: unknown[]) => {
      seen.push(given);
      return [];
    };
    mapLoop(look, codegen)([7]);
    flatMapLoop(look, codegen)([7]);
    filterLoop((...given: unknown[]) => look(...given).length > 0, codegen)([7]);
    expect(seen).toEqual([[7], [7], [7]]);
  });
});
