// The record of measurements: one a line, each with its machine and day, so that a case that is run again replaces what it said before.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { ReportedMeasurement } from "@limmat/bench";

/** A measurement, and where and when it was made. */
export interface RecordedMeasurement extends ReportedMeasurement {
  readonly machine: string;
  /** The day, as 2026-11-25. */
  readonly day: string;
}

/** Reads a record; there is none at first. */
export function readRecord(file: string | URL): RecordedMeasurement[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as RecordedMeasurement);
}

/** Writes `known` with all lines of the cases that `measured` has replaced by them. Those that are new come last. */
export function writeRecord(
  file: string | URL,
  known: readonly RecordedMeasurement[],
  measured: readonly ReportedMeasurement[],
): RecordedMeasurement[] {
  const place = { machine: thisMachine(), day: new Date().toISOString().slice(0, 10) };
  const fresh = byCase(measured);
  const kept = [...byCase(known)].flatMap(([name, lines]) => {
    const replaced = fresh.get(name);
    fresh.delete(name);
    return replaced === undefined ? lines : replaced.map((each) => ({ ...each, ...place }));
  });
  const all = [...kept, ...[...fresh.values()].flat().map((each) => ({ ...each, ...place }))];
  writeFileSync(file, all.map((each) => `${JSON.stringify(each, rounded)}\n`).join(""));
  return all;
}

/** Measurements by the names of their cases, in order. */
function byCase<M extends ReportedMeasurement>(measurements: readonly M[]): Map<string, M[]> {
  const groups = new Map<string, M[]>();
  for (const each of measurements) {
    const group = groups.get(each.case);
    if (group === undefined) groups.set(each.case, [each]);
    else group.push(each);
  }
  return groups;
}

/** The curves need no more than five digits. */
function rounded(this: unknown, _: string, value: unknown): unknown {
  return Array.isArray(this) && typeof value === "number" ? Number(value.toPrecision(5)) : value;
}

function thisMachine(): string {
  const [first] = cpus();
  const model = first?.model.trim().replace(/\s+/g, " ") ?? "unknown processor";
  return `${cpus().length} cores (${model}), ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}`;
}
