// The simulation suite: every shape under a share of the seeds, and the coverage of it all. Two test files run a half each, so that two
// cores share the work; every half is a whole suite, with coverage of its own.

import { afterAll, describe, expect, it } from "vitest";
import { type Coverage, emptyCoverage } from "../../src/simulation/coverage.ts";
import { coverageTable, runSeeds } from "./schedules.ts";
import { shapes } from "./shapes/index.ts";

/** Seeds of each shape in each half: 35 shapes by 150 seeds by 2 halves are 10,500 schedules. */
const seedsOfHalf = 150;

/** Defines the tests of one half: the seeds from `half` on, two apart. */
export function describeHalf(half: 0 | 1): void {
  const found: [string, Coverage][] = [];

  describe(`simulated schedules, ${half === 0 ? "even" : "odd"} seeds`, () => {
    it.each(shapes.map((shape) => [shape.name, shape] as const))("%s", (name, shape) => {
      found.push([name, runSeeds(shape, half, seedsOfHalf, 2)]);
    });

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
      process.stdout.write(`${coverageTable(found)}\n`);
    });
  });
}
