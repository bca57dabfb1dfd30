// The suite `megaphone`: each run in a process of its own, beside what the Rust implementation measured. See README.md beside this file.
// Arguments that are no options choose cases by the start of their names; `--report` writes docs/megaphone.md as well.
import { type BenchReport, benchReport, type ReportedMeasurement } from "@limmat/bench";
import { idleCost } from "./cases/idle.ts";
import { memory } from "./cases/memory.ts";
import { ablation, migration } from "./cases/migration.ts";
import { nexmarkQueries } from "./cases/nexmark.ts";
import { hashOverhead, hashSweep, keyOverhead, keySweep } from "./cases/overhead.ts";
import { sustainedRate } from "./cases/sustained-rate.ts";
import { byBoth, byDomain, byRate, bySize, timelines } from "./cases/sweeps.ts";
import { wholeState } from "./cases/whole-state.ts";

import { readRecord, writeRecord } from "./report/record.ts";
import { prepareReport, recordFile, writeReport } from "./report/write-report.ts";

const args = process.argv.slice(2);
const chosen = args.filter((argument) => !argument.startsWith("-"));
const shown = benchReport("megaphone", args, console.log);
const measured: ReportedMeasurement[] = [];
const kept = benchReport("megaphone", ["--json"], (line) => measured.push(JSON.parse(line) as ReportedMeasurement));
const report: BenchReport = {
  add(measurement) {
    shown.add(measurement);
    kept.add(measurement);
  },
  end: () => shown.end(),
};

const withBars = [
  hashOverhead,
  keyOverhead,
  migration,
  ablation,
  sustainedRate,
  memory,
  wholeState,
  idleCost,
  ...nexmarkQueries,
];
const forFigures = [hashSweep, keySweep, timelines, bySize, byDomain, byBoth, byRate];
for (const { names, measure } of [...withBars, ...forFigures]) {
  if (chosen.length > 0 && !names.some((name) => chosen.some((start) => name.startsWith(start)))) continue;
  await measure(report);
  if (args.includes("--report")) keep();
}
report.end();

/** After every case: what was measured is not lost if a later one fails. */
function keep(): void {
  prepareReport();
  writeReport(writeRecord(recordFile, readRecord(recordFile), measured));
}
