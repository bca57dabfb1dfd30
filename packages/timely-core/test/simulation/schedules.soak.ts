// The simulation suite for as long as wanted: LIMMAT_SEEDS seeds of every shape, from LIMMAT_FIRST_SEED on.

import { afterAll, describe, it } from "vitest";
import type { Coverage } from "../../src/simulation/index.ts";
import { coverageTable, runSeeds } from "./schedules.ts";
import { shapes } from "./shapes/index.ts";

function fromEnvironment(name: string, otherwise: number): number {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`${name} is ${process.env[name]}: give a whole number`);
  return value;
}

const first = fromEnvironment("LIMMAT_FIRST_SEED", 1_000_000);
const count = fromEnvironment("LIMMAT_SEEDS", 10_000);

describe(`simulated schedules, seeds ${first} to ${first + count - 1}`, () => {
  const found: [string, Coverage][] = [];

  it.each(shapes.map((shape) => [shape.name, shape] as const))("%s", (name, shape) => {
    found.push([name, runSeeds(shape, first, count)]);
  });

  afterAll(() => {
    process.stdout.write(`${coverageTable(found, found)}\n`);
  });
});
