// The simulation suite for as long as wanted: LIMMAT_SEEDS seeds of every shape, from LIMMAT_FIRST_SEED on.

import { afterAll, describe, it } from "vitest";
import { noCoverage, observed } from "./coverage.ts";
import { runSeeds } from "./schedules.ts";
import { shapes } from "./shapes.ts";

function fromEnvironment(name: string, otherwise: number): number {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`${name} is ${process.env[name]}: give a whole number`);
  return value;
}

const first = fromEnvironment("LIMMAT_FIRST_SEED", 1_000_000);
const count = fromEnvironment("LIMMAT_SEEDS", 12_500);

describe(`simulated migrations, seeds ${first} to ${first + count - 1}`, () => {
  const coverage = noCoverage();

  it.each(shapes.map((shape) => [shape.name, shape] as const))("%s", (_, shape) => {
    observed(coverage, () => runSeeds(shape, first, count));
  });

  afterAll(() => {
    process.stdout.write(`${JSON.stringify(coverage)}\n`);
  });
});
