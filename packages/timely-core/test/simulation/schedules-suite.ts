// The simulation suite: every shape under a share of the seeds, and the coverage of it all. Two test files run a half each, so that two
// cores share the work; every half is a whole suite, with coverage of its own.

import { afterAll, describe, expect, it } from "vitest";
import { type Coverage, emptyCoverage } from "../../src/simulation/coverage.ts";
import { coverageTable, runSeeds } from "./schedules.ts";
import { shapes } from "./shapes/index.ts";

/** Seeds of each shape in each half. */
const seedsOfHalf = 200;

/** Defines the tests of one half: the seeds from `half` on, two apart. */
export function describeHalf(half: 0 | 1): void {
  const found: [string, Coverage][] = [];

  describe(`simulated schedules, ${half === 0 ? "even" : "odd"} seeds`, () => {
    // Every shape has seeds of its own, so that no two meet the same rings and whims.
    it.each(shapes.map((shape, i) => [shape.name, shape, half + 2 * seedsOfHalf * i] as const))(
      "%s",
      (name, shape, first) => {
        found.push([name, runSeeds(shape, first, seedsOfHalf, 2)]);
      },
    );

    it("covers every rare path", () => {
      expect(shapes.length * seedsOfHalf * 2).toBeGreaterThanOrEqual(10_000);
      expect(found).toHaveLength(shapes.length);
      for (const key of Object.keys(emptyCoverage()) as (keyof Coverage)[]) {
        expect(
          found.reduce((sum, [, coverage]) => sum + coverage[key], 0),
          key,
        ).toBeGreaterThan(0);
      }
    });

    afterAll(() => {
      process.stdout.write(`${coverageTable([], found)}\n`);
    });
  });
}
