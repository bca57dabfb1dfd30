// Whether the suite can find mistakes: each mutant must be caught within 10,000 schedules (engine rule 19), and the engine without the
// mistake must pass the same ones.

import { afterAll, describe, expect, it } from "vitest";
import { OperatorError, SafetyError } from "../../src/index.ts";
import { LivenessError } from "../../src/simulation/index.ts";
import { type Mutant, mutants, withMutant } from "./mutants.ts";
import { runShape } from "./schedules.ts";
import { type Shape, shapes } from "./shapes/index.ts";
import { OutputError } from "./shapes/shape.ts";
import { PromiseError } from "./shapes/watch.ts";

/** The most schedules that a mutant may survive. */
const patience = 10_000;

/** Which promise an error says was broken, or undefined when the mutant broke something else. */
function verdict(error: unknown): string | undefined {
  if (error instanceof OperatorError) return verdict(error.cause);
  if (error instanceof SafetyError || error instanceof PromiseError) return "safety";
  if (error instanceof LivenessError) return "liveness";
  if (error instanceof OutputError) return "outputs";
  return undefined;
}

/** The shape and the seed of each schedule, in order: all shapes under a seed, then under the next. */
function* schedules(concerned: readonly Shape[]): Generator<readonly [Shape, number]> {
  for (let count = 0; count < patience; count++) {
    yield [concerned[count % concerned.length] as Shape, Math.floor(count / concerned.length)];
  }
}

describe("mutants", () => {
  const report: string[] = [];

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))("%s", (name: string, mutant: Mutant) => {
    const concerned = shapes.filter((shape) => mutant.concerns?.(shape.name) ?? true);
    let count = 0;
    for (const [shape, seed] of schedules(concerned)) {
      count += 1;
      let caught: unknown;
      withMutant(mutant, () => {
        try {
          runShape(shape, seed);
        } catch (error) {
          caught = error;
        }
      });
      runShape(shape, seed);
      if (caught === undefined) continue;
      const broken = verdict(caught);
      if (broken === undefined) throw new Error(`${name} broke the engine in another way`, { cause: caught });
      report.push(`${name.padEnd(60)} ${broken.padEnd(9)} by seed ${seed} of "${shape.name}", schedule ${count}`);
      return;
    }
    expect.fail(`${name} survived ${patience} schedules of ${concerned.length} shapes`);
  });

  afterAll(() => {
    process.stdout.write(`${report.join("\n")}\n`);
  });
});
