// The scenarios for as long as wanted: LIMMAT_SEEDS seeds of every shape, from LIMMAT_FIRST_SEED on.

import { afterAll, describe, it } from "vitest";
import { addCoverage, emptyCoverage } from "./passages.ts";
import { runSeeds, shapes } from "./scenarios.ts";

const first = Number(process.env.LIMMAT_FIRST_SEED ?? 1_000_000);
const count = Number(process.env.LIMMAT_SEEDS ?? 15_000);

describe(`simulated scenarios, seeds ${first} to ${first + count - 1}`, () => {
  const total = emptyCoverage();

  it.each(shapes.map((shape) => [shape.name, shape] as const))("%s", (_, shape) => {
    addCoverage(total, runSeeds(shape, first, count));
  });

  afterAll(() => {
    process.stdout.write(`${JSON.stringify(total)}\n`);
  });
});
