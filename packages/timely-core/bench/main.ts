// The suite `timely-core`: each case in a process of its own, beside what the Rust implementation measured. See README.md beside
// this file. Arguments that are no options choose cases by the start of their names.

import { fileURLToPath } from "node:url";
import { benchReport } from "@limmat/bench";
import { cases } from "./cases.ts";
import { runCase } from "./run-case.ts";
import { medianSeconds, type Sample } from "./samples.ts";

const args = process.argv.slice(2);
const chosen = args.filter((argument) => !argument.startsWith("-"));
const report = benchReport("timely-core", args, console.log);
const program = fileURLToPath(new URL("./case.js", import.meta.url));

for (const { name, figures, processes = 1 } of cases) {
  if (chosen.length > 0 && !chosen.some((start) => name.startsWith(start))) continue;
  const samples = await runCase(program, name, processes);
  const seconds = medianSeconds(samples);
  const first = samples[0] as Sample;
  for (const { metric, kind, unit, rust, bar } of figures) {
    const value = {
      rate: samples.reduce((sum, { amount }) => sum + amount, 0) / seconds,
      seconds,
      cost: (seconds / first.amount) * 1e6,
      p50: first.microseconds?.p50 ?? Number.NaN,
      p99: first.microseconds?.p99 ?? Number.NaN,
      cores: first.cores,
    }[kind];
    report.add({
      case: name,
      metric,
      value,
      unit,
      ...(rust === undefined ? {} : { reference: rust }),
      ...(rust === undefined || bar === undefined
        ? {}
        : { bar: rust * bar, better: kind === "rate" ? "higher" : "lower" }),
    });
  }
}
report.end();
