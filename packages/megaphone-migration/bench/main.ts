// The suite `megaphone`: each run in a process of its own, beside what the Rust implementation measured. See README.md beside this file.
// Arguments that are no options choose cases by the start of their names.
import { benchReport } from "@limmat/bench";
import { idleCost } from "./cases/idle.ts";
import { memory } from "./cases/memory.ts";
import { ablation, migration } from "./cases/migration.ts";
import { hashOverhead, hashSweep, keyOverhead, keySweep } from "./cases/overhead.ts";
import { sustainedRate } from "./cases/sustained-rate.ts";
import { byBoth, byDomain, byRate, bySize, timelines } from "./cases/sweeps.ts";
import { wholeState } from "./cases/whole-state.ts";

const args = process.argv.slice(2);
const chosen = args.filter((argument) => !argument.startsWith("-"));
const report = benchReport("megaphone", args, console.log);

const withBars = [hashOverhead, keyOverhead, migration, ablation, sustainedRate, memory, wholeState, idleCost];
const forFigures = [hashSweep, keySweep, timelines, bySize, byDomain, byBoth, byRate];
for (const { names, measure } of [...withBars, ...forFigures]) {
  if (chosen.length > 0 && !names.some((name) => chosen.some((start) => name.startsWith(start)))) continue;
  await measure(report);
}
report.end();
