// Every shape of migration under a share of the seeds, each run audited and compared with the oracle, and what it all went through.

import { afterAll, describe, expect, it } from "vitest";
import { addCoverage, emptyCoverage } from "./passages.ts";
import { runSeeds, shapes } from "./scenarios.ts";

const seeds = 300;

describe("simulated scenarios", () => {
  const total = emptyCoverage();

  it.each(shapes.map((shape, i) => [shape.name, shape, i * seeds] as const))(
    "%s",
    { timeout: 60_000 },
    (_, shape, first) => {
      addCoverage(total, runSeeds(shape, first, seeds));
    },
  );

  it("went through everything that is rare", () => {
    // Transfers kept aside need one link far slower than two others: test/operators/arrivals.test.ts makes them.
    const { aside: _, ...expected } = total;
    for (const [key, count] of Object.entries(expected)) expect(count, key).toBeGreaterThan(0);
  });

  afterAll(() => {
    process.stdout.write(`${JSON.stringify(total)}\n`);
  });
});
