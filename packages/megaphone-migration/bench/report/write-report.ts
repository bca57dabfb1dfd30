// Turns a record into docs/megaphone.md and its pictures.
import { mkdirSync, writeFileSync } from "node:fs";
import { picture } from "../plot/chart.ts";
import { type Figure, figures } from "./figures.ts";
import { Lines } from "./lines.ts";
import type { RecordedMeasurement } from "./record.ts";
import { barTable, migrationTable, overheadTable, paperOverhead } from "./tables.ts";

/** The folder of documents, as it lies from the programs that are built of this. */
const docs = new URL("../../../../docs/", import.meta.url);
/** Where the report keeps its record. */
export const recordFile = new URL("megaphone/figures.jsonl", docs);

/** Makes the folder of the report. */
export function prepareReport(): void {
  mkdirSync(new URL("megaphone/", docs), { recursive: true });
}

/** Writes the report. Figures that nothing was measured for are left out. */
export function writeReport(record: readonly RecordedMeasurement[]): void {
  const lines = new Lines(record);
  const made = figures.filter(({ cases }) => lines.cases(cases).length > 0);
  for (const { file, columns, size, charts } of made) {
    writeFileSync(new URL(`megaphone/${file}.svg`, docs), picture(charts(lines), columns, size));
  }
  writeFileSync(new URL("megaphone.md", docs), markdown(lines, record, made));
}

function markdown(lines: Lines, record: readonly RecordedMeasurement[], made: readonly Figure[]): string {
  const sections = made.map((figure) => {
    const { file, title, text, cases, chosenBy } = figure;
    const table = tableOf(file, lines);
    return `## ${title}

![${title}](megaphone/${file}.svg)

${text}${table === "" ? "" : `\n\n${table}`}

Made by \`npm run bench -- megaphone --report ${chosenBy}\` ${whereAndWhen(lines.matching(cases))}.
`;
  });
  return `# Migrations, measured

This page is written by \`npm run bench -- megaphone --report\`, which runs all cases and keeps what it measures in \`megaphone/figures.jsonl\`; with names of
cases it measures these anew and writes the page again. How it is measured, and what bounds each figure, is in
[the suite's README](../packages/megaphone-migration/bench/README.md).

Measured ${whereAndWhen(record)}. Latencies are from when a record was due in an open loop until the probe behind the operator has passed its
time, on worker 0 of two; "to emission" is until the record came out. The references are of the Rust implementation, on two cores of the same kind.
The paper's own figures are of 16 workers on four machines: compare shapes, not values. Two workers that spin on two cores have pauses of
some milliseconds whatever they run, so maxima below 5 ms say little.

## Bars

${barTable(lines)}

${sections.join("\n")}`;
}

function tableOf(file: string, lines: Lines): string {
  if (file === "figure-13") return overheadTable(lines, "hash-4M", paperOverhead.hash);
  if (file === "figure-14") return overheadTable(lines, "key-64M", paperOverhead.key);
  return file === "migration-maxima" ? migrationTable(lines) : "";
}

/** The machines and days of measurements: "on 2 cores (…), 24 GB, Node 20.20.0, 2026-11-25". */
function whereAndWhen(measured: readonly RecordedMeasurement[]): string {
  const places = new Set(measured.map(({ machine, day }) => `on ${machine}, ${day}`));
  return [...places].join("; ");
}
