import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SequenceRanges } from "../../src/configuration/sequence-ranges.ts";

describe("SequenceRanges", () => {
  it("is the set of what was added, in as few ranges as can be", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40)), (values) => {
        const tested = new SequenceRanges();
        const set = new Set<number>();
        for (const value of values) {
          tested.add(value);
          set.add(value);
          for (let i = -1; i <= 41; i++) expect(tested.has(i)).toBe(set.has(i));
          expect(tested.size).toBe([...set].filter((each) => !set.has(each - 1)).length);
        }
      }),
    );
  });
});
