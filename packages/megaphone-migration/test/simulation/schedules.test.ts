// Megaphone's promises under simulated schedules (Megaphone, section 3): every shape under many seeds, and the coverage of it all.

import { afterAll, describe, expect, it } from "vitest";
import { noCoverage, observed } from "./coverage.ts";
import { runSeeds } from "./schedules.ts";
import { shapes } from "./shapes.ts";

/** Seeds of each shape. */
const seeds = 400;

describe("simulated migrations", () => {
  const coverage = noCoverage();

  it.each(shapes.map((shape, i) => [shape.name, shape, i * seeds] as const))("%s", (_, shape, first) => {
    observed(coverage, () => runSeeds(shape, first, seeds));
  });

  it("cover every rare path", () => {
    // Transfers kept aside need one link far slower than two others: test/operators/arrivals.test.ts makes them.
    const { aside: _, void: __, ...expected } = coverage;
    for (const [key, count] of Object.entries(expected)) expect(count, key).toBeGreaterThan(0);
  });

  afterAll(() => {
    process.stdout.write(`${JSON.stringify(coverage)}\n`);
  });
});
