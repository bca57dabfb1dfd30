import { expect, test } from "vitest";
import { benchReport } from "../src/index.ts";

const printed = (args: readonly string[]): string[] => {
  const lines: string[] = [];
  const report = benchReport("routing", args, (text) => lines.push(text));
  report.add({ case: "jupiter-w1", metric: "p99", value: 8, unit: "ms", reference: 16, bar: 10, better: "lower" });
  report.add({ case: "jupiter-w2", metric: "rate", value: 1234567, unit: "pairs/s", bar: 2e6, better: "higher" });
  report.add({ case: "ring", metric: "p50", value: 0.5, unit: "ms" });
  report.end();
  return lines;
};

test("with --json each measurement is one object a line, with the ratio and the verdict", () => {
  expect(printed(["--json"]).map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      suite: "routing",
      case: "jupiter-w1",
      metric: "p99",
      value: 8,
      unit: "ms",
      reference: 16,
      ratio: 0.5,
      bar: 10,
      ok: true,
    },
    { suite: "routing", case: "jupiter-w2", metric: "rate", value: 1234567, unit: "pairs/s", bar: 2e6, ok: false },
    { suite: "routing", case: "ring", metric: "p50", value: 0.5, unit: "ms" },
  ]);
});

test("without --json the run ends with one table", () => {
  expect(printed([])).toEqual([
    [
      "case        metric      value  unit     reference  ratio        bar  ok",
      "----------  ------  ---------  -------  ---------  -----  ---------  ---",
      "jupiter-w1  p99             8  ms              16    0.5         10  yes",
      "jupiter-w2  rate    1,235,000  pairs/s                    2,000,000  NO",
      "ring        p50           0.5  ms",
    ].join("\n"),
  ]);
});

test("a curve is in the JSON only", () => {
  const lines: string[] = [];
  for (const args of [["--json"], []]) {
    const report = benchReport("megaphone", args, (text) => lines.push(text));
    report.add({
      case: "timeline",
      metric: "max",
      value: 3,
      unit: "ms",
      points: [
        [0, 1],
        [0.25, 3],
      ],
    });
    report.end();
  }
  expect(JSON.parse(lines[0] as string).points).toEqual([
    [0, 1],
    [0.25, 3],
  ]);
  expect(lines[1]).not.toContain("0.25");
});

test("a bar without a direction is refused", () => {
  const report = benchReport("routing", [], () => {});
  expect(() => report.add({ case: "ring", metric: "p50", value: 1, unit: "ms", bar: 2 })).toThrow(/ring p50.*better/);
});
