// The suite `routing`. See README.md beside this file.

import { benchReport } from "@limmat/bench";
import { benchKernel } from "./kernel.ts";
import { benchService, type ServiceCase } from "./service.ts";

const args = process.argv.slice(2);
const report = benchReport("routing", args, console.log);
const only = args.filter((arg) => !arg.startsWith("--"));

const cases = [
  { spec: "jupiter", references: { build: 760, p50: 1, p99: 9 } },
  { spec: "fat-tree:32", references: {} },
  { spec: "fat-tree:32?weights=random:100", references: {} },
  { spec: "jupiter?weights=random:100", references: { build: 14500 } },
];
// Services first: the kernel cases leave a heap behind that no server has.
const services: readonly ServiceCase[] = [
  { name: "jupiter", spec: "jupiter", references: { build: 800, p50: 1, p99: 9 } },
  { name: "fat-tree-32", spec: "fat-tree:32" },
];
for (const service of services) {
  if (only.length > 0 && !only.includes(service.name)) continue;
  for (const workers of [1, 2]) await benchService(report, service, workers);
}
for (const { spec, references } of cases) {
  if (only.length === 0 || only.includes(spec)) benchKernel(report, spec, references);
}
report.end();
