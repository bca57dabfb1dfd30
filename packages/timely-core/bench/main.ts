// The suite `timely-core`: each case in a process of its own, beside what the Rust implementation measured, or beside libraries of
// JavaScript that are measured with it. See README.md beside this file. Arguments that are no options choose cases by the start of
// their names.

import { fileURLToPath } from "node:url";
import { benchReport } from "@limmat/bench";
import { cases } from "./cases.ts";
import { jsCases } from "./js/cases.ts";
import { runCase, runFloor, runJsCase } from "./run-case.ts";
import { medianSeconds, type Sample } from "./samples.ts";

const args = process.argv.slice(2);
const chosen = args.filter((argument) => !argument.startsWith("-"));
const report = benchReport("timely-core", args, console.log);
const program = fileURLToPath(new URL("./case.js", import.meta.url));
const floorProgram = fileURLToPath(new URL("./floor.js", import.meta.url));
const jsProgram = fileURLToPath(new URL("./js-case.js", import.meta.url));
const wanted = (name: string) => chosen.length === 0 || chosen.some((start) => name.startsWith(start));

for (const { name, figures, floor, processes = 1 } of cases) {
  if (!wanted(name)) continue;
  const samples = await runCase(program, name, processes);
  const seconds = medianSeconds(samples);
  const first = samples[0] as Sample;
  for (const { metric, kind, unit, rust, bar, least, most } of figures) {
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
      ...(least === undefined ? {} : { bar: least, better: "higher" }),
      ...(most === undefined ? {} : { bar: most, better: "lower" }),
    });
  }
  const { unit } = figures.at(floor === "lateness" || floor === "wake" ? -1 : 0) as (typeof figures)[number];
  if (floor !== undefined)
    report.add({ case: name, metric: "floor", value: await runFloor(floorProgram, floor), unit });
}

for (const { name } of jsCases) {
  if (!wanted(name)) continue;
  const { columns = Number.NaN, rows = Number.NaN, ...peers } = await runJsCase(jsProgram, name);
  const fastest = Math.max(...Object.values(peers));
  const figure = { case: name, unit: "records/s", reference: fastest };
  report.add({ ...figure, metric: "columns", value: columns, bar: 5 * fastest, better: "higher" });
  report.add({ ...figure, metric: "rows", value: rows, bar: fastest, better: "higher" });
  for (const [peer, value] of Object.entries(peers)) report.add({ ...figure, metric: peer, value });
}
report.end();
