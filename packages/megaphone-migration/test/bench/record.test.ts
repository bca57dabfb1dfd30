import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { readRecord, writeRecord } from "../../bench/report/record.ts";

test("a case that is measured again replaces what it said, in its place; others stay, new ones come last", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "record-"));
  try {
    const file = path.join(folder, "figures.jsonl");
    const line = (name: string, metric: string, value: number) => ({
      suite: "s",
      case: name,
      metric,
      value,
      unit: "ms",
    });
    expect(readRecord(file)).toEqual([]);
    writeRecord(file, [], [line("a", "p50", 1), line("b", "p50", 2), line("a", "p99", 3)]);
    const curve = { ...line("c", "p50", 9), points: [[1 / 3, 2 / 3] as const] };
    writeRecord(file, readRecord(file), [line("a", "max", 7), curve]);
    const record = readRecord(file);
    expect(record.map(({ case: name, metric, value }) => `${name} ${metric} ${value}`)).toEqual([
      "a max 7",
      "b p50 2",
      "c p50 9",
    ]);
    expect(record[2]?.points).toEqual([[0.33333, 0.66667]]);
    for (const { machine, day } of record) {
      expect(machine).toMatch(/cores .* GB, Node/);
      expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
