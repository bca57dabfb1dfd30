// Whether the scenarios can find mistakes: each mutant must be caught within 10,000 schedules (engine rule 19), and the operators without the
// mistake must pass the same one.

import { OperatorError } from "@limmat/timely-core";
import { afterAll, describe, expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import { withPatches } from "./patches.ts";
import { runScenario, shapes } from "./scenarios.ts";

const patience = 10_000;

function nameOf(error: unknown): string {
  if (error instanceof OperatorError) return nameOf(error.cause);
  return error instanceof Error ? error.constructor.name : String(error);
}

describe("mutants of migration", () => {
  const report: string[] = [];

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))("%s", { timeout: 60_000 }, (name, mutant) => {
    const concerned = shapes.filter((shape) => mutant.concerns?.(shape.name) ?? true);
    for (let count = 0; count < patience; count++) {
      const shape = concerned[count % concerned.length] as (typeof shapes)[0];
      const seed = Math.floor(count / concerned.length);
      let caught: unknown;
      withPatches(mutant.patches, () => {
        try {
          runScenario(shape, seed);
        } catch (error) {
          caught = error;
        }
      });
      if (caught === undefined) continue;
      runScenario(shape, seed);
      report.push(
        `${name.padEnd(64)} ${nameOf(caught).padEnd(24)} seed ${seed} of "${shape.name}", schedule ${count + 1}`,
      );
      return;
    }
    expect.fail(`${name} survived ${patience} schedules`);
  });

  afterAll(() => {
    process.stdout.write(`${report.join("\n")}\n`);
  });
});
