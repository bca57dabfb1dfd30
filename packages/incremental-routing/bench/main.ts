// The suite `routing`. See README.md beside this file.

import { benchReport } from "@limmat/bench";
import { benchKernel } from "./kernel.ts";

const args = process.argv.slice(2);
const report = benchReport("routing", args, console.log);
const only = args.filter((arg) => !arg.startsWith("--"));

const cases = [
  // Reference figures of one thread that routing rule 8 and issue 2 state as known reach.
  { spec: "jupiter", bars: { build: 1000, p50: 1, p99: 9 } },
  { spec: "fat-tree:32", bars: {} },
  { spec: "fat-tree:32?weights=random:100", bars: {} },
  { spec: "jupiter?weights=random:100", bars: {} },
];
for (const { spec, bars } of cases) {
  if (only.length === 0 || only.includes(spec)) benchKernel(report, spec, bars);
}
report.end();
