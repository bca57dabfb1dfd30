// Many more crashes than the tests have time for: `npm run soak timely-core`.

import { describe, it } from "vitest";
import { noTorture, tortureAll } from "./crashes.ts";
import { programs } from "./programs.ts";

const first = Number(process.env.LIMMAT_FIRST_SEED ?? 1_000);
const count = Number(process.env.LIMMAT_SEEDS ?? 5_000);

describe("restarts from checkpoints, at length", () => {
  it.each(programs.map((program) => [program.name, program] as const))("%s", (_, program) => {
    const total = noTorture();
    tortureAll(program, first, count, total);
    process.stdout.write(`${program.name}: ${JSON.stringify(total)}\n`);
  });
});
