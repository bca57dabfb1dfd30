// Memory while state moves by copy: what the process has beyond what it had before, and what is under way. The paper's figure 20.
import type { BenchReport } from "@limmat/bench";
import { type CountingLoad, nameOf } from "../counting/counting.ts";
import { asInThePaper, migrating, type Timetable } from "../counting/strategies.ts";
import { run } from "../harness/run.ts";
import type { RunResult, RunSpec, StrategyName } from "../harness/run-spec.ts";
import { mostMemory, mostUnderWay } from "../harness/summary.ts";
import type { BenchCase } from "./bench-case.ts";

const load: CountingLoad = { kind: "counting", state: "hash", keys: 16e6, bins: 12, zeroCopy: false };
const slow: Timetable = { out: 2, back: 4.5, end: 7 };
/** The default credit for state, the bytes that may be under way. */
const credit = 512 * 1024;
const mebibyte = 2 ** 20;
const most = credit + 64 * mebibyte;

const ways: readonly (readonly [
  string,
  StrategyName,
  Pick<CountingLoad, "credit" | "budget" | "gating">,
  Partial<RunSpec>,
])[] = [
  ["all-at-once-copy", "all-at-once", {}, {}],
  ["all-at-once-tcp", "all-at-once", {}, { processes: 2 }],
  ["all-at-once-tcp-all-off", "all-at-once", asInThePaper, { processes: 2 }],
  ["batched-copy", "batched", {}, {}],
  ["fluid-copy", "fluid", {}, {}],
];
const label = (name: string) => `memory-${nameOf(load)}-${name}`;

/** 16 M keys in hash tables, moved by copy within a process and over TCP. */
export const memory: BenchCase = {
  names: ways.map(([name]) => label(name)),
  async measure(report) {
    for (const [name, strategy, moving, others] of ways) {
      const result = await run({ ...migrating({ ...load, ...moving }, strategy, slow), memory: true, ...others });
      add(report, label(name), result, name.endsWith("off") ? undefined : most);
    }
  },
};

function add(report: BenchReport, name: string, result: RunResult, bar: number | undefined): void {
  const barred = bar === undefined ? {} : ({ bar: bar / mebibyte, better: "lower" } as const);
  for (const [direction, from, to] of [
    ["out", slow.out, slow.back],
    ["back", slow.back, slow.end],
  ] as const) {
    const extra = mostMemory(result, from, to) - mostMemory(result, from - 0.5, from);
    report.add({
      case: name,
      metric: `${direction}: extra resident memory`,
      value: extra / mebibyte,
      unit: "MiB",
      ...barred,
    });
  }
  report.add({ case: name, metric: "most under way", value: mostUnderWay(result) / mebibyte, unit: "MiB", ...barred });
  const { memory = [] } = result;
  report.add({
    case: name,
    metric: "resident memory",
    value: mostMemory(result, 0, Number.POSITIVE_INFINITY) / mebibyte,
    unit: "MiB",
    points: memory.map(([at, bytes]) => [at, bytes / mebibyte]),
  });
  for (const { direction, issued, done } of result.migrations) {
    report.add({
      case: name,
      metric: `${direction}: duration`,
      value: (done - issued) * 1000,
      unit: "ms",
      points: [[issued, done]],
    });
  }
}
