// Runs shapes under seeds; what fails says how to replay it.

import type { Shape } from "./shapes.ts";

/** Runs a shape under `count` seeds from `first` on. */
export function runSeeds(shape: Shape, first: number, count: number): void {
  for (let seed = first; seed < first + count; seed++) {
    try {
      shape.run(seed);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const replay = `LIMMAT_FIRST_SEED=${seed} LIMMAT_SEEDS=1 npm run soak megaphone-migration`;
      throw new Error(`seed ${seed} of shape "${shape.name}": ${reason} (replay: ${replay})`, { cause: error });
    }
  }
}
