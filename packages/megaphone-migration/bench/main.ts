// The suite `megaphone`: each run in a process of its own, beside what the Rust implementation measured. See README.md beside this file.
// Arguments that are no options choose cases by the start of their names.
import { benchReport } from "@limmat/bench";
import { hashOverhead, keyOverhead } from "./cases/overhead.ts";

const args = process.argv.slice(2);
const chosen = args.filter((argument) => !argument.startsWith("-"));
const report = benchReport("megaphone", args, console.log);

for (const { names, measure } of [hashOverhead, keyOverhead]) {
  if (chosen.length > 0 && !names.some((name) => chosen.some((start) => name.startsWith(start)))) continue;
  await measure(report);
}
report.end();
