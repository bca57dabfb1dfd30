// Runs shapes under seeds, and adds up what their schedules went through.

import { addCoverage, type Coverage, emptyCoverage, Random, simulate } from "../../src/simulation/index.ts";
import type { Shape } from "./shapes/index.ts";

/** Runs a shape once, with inputs, a number of workers and a schedule that depend on the seed alone, and checks its outputs. */
export function runShape(shape: Shape, seed: number): Coverage {
  const random = new Random(seed ^ 0x5bd1e995);
  const workers = random.pick([1, 2, 2, 3, 3, 4]);
  const { program, check } = shape.prepare(random, workers);
  const coverage = simulate({ seed, workers }, program);
  check();
  return coverage;
}

/** Runs a shape under `count` seeds from `first` on, `step` apart; an error says how to replay the seed that failed. */
export function runSeeds(shape: Shape, first: number, count: number, step = 1): Coverage {
  const total = emptyCoverage();
  for (let i = 0; i < count; i++) {
    const seed = first + i * step;
    try {
      addCoverage(total, runShape(shape, seed));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `seed ${seed} of shape "${shape.name}": ${reason} (replay: LIMMAT_FIRST_SEED=${seed} LIMMAT_SEEDS=1 npm run soak timely-core)`,
        { cause: error },
      );
    }
  }
  return total;
}

/** The coverage of some shapes, one line each, and of all together, as a table. */
export function coverageTable(
  some: readonly (readonly [name: string, coverage: Coverage])[],
  all: readonly (readonly [name: string, coverage: Coverage])[],
): string {
  const total = emptyCoverage();
  for (const [, coverage] of all) addCoverage(total, coverage);
  const keys = Object.keys(total) as (keyof Coverage)[];
  const lines = [...some, [`all ${all.length} shapes`, total] as const].map(([name, coverage]) =>
    [name.padEnd(58), ...keys.map((key) => String(coverage[key]).padStart(Math.max(key.length, 9)))].join("  "),
  );
  return [["coverage".padEnd(58), ...keys.map((key) => key.padStart(9))].join("  "), ...lines].join("\n");
}
