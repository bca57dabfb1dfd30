// The suite `routing`. See README.md beside this file.

import { benchReport } from "@limmat/bench";
import { benchKernel } from "./kernel.ts";

const args = process.argv.slice(2);
const report = benchReport("routing", args, console.log);
const only = args.filter((arg) => !arg.startsWith("--"));

const cases = [
  { spec: "jupiter", references: { build: 760, p50: 1, p99: 9 } },
  { spec: "fat-tree:32", references: {} },
  { spec: "fat-tree:32?weights=random:100", references: {} },
  { spec: "jupiter?weights=random:100", references: { build: 14500 } },
];
for (const { spec, references } of cases) {
  if (only.length === 0 || only.includes(spec)) benchKernel(report, spec, references);
}
report.end();
