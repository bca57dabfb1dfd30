// The tables of the report, in Markdown.
import type { Lines } from "./lines.ts";

/** Four significant digits, with thousands grouped. */
function figure(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value)
    ? ""
    : value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Every figure that has a bar. */
export function barTable(lines: Lines): string {
  return table(
    ["case", "metric", "value", "Rust reference", "ratio", "bar", "met"],
    lines.barred.map(({ case: name, metric, value, unit, reference, ratio, bar, ok }) => [
      `\`${name}\``,
      metric,
      `${figure(value)} ${unit}`,
      figure(reference),
      figure(ratio),
      figure(bar),
      ok ? "yes" : "no",
    ]),
  );
}

/** Percentiles by number of bins, beside those of the paper: milliseconds of p90, p99, p99.99 and max. */
export function overheadTable(lines: Lines, load: string, paper: Readonly<Record<string, string>>): string {
  const shown = ["p50", "p90", "p99", "p99.9", "p99.99", "max", "memory a key"] as const;
  const names = [`native-${load}`, ...[4, 6, 8, 10, 12, 14, 16, 18, 20].map((bits) => `${load}-b${bits}`)];
  const rows = names
    .filter((name) => lines.find(name, "p50") !== undefined)
    .map((name) => {
      const bins = /-b(\d+)$/.exec(name)?.[1] ?? "native";
      return [bins, ...shown.map((metric) => figure(lines.value(name, metric))), paper[bins] ?? ""];
    });
  return table(
    ["log2 of bins", "p50 ms", "p90", "p99", "p99.9", "p99.99", "max", "bytes a key", "the paper's p90 / p99 / max"],
    rows,
  );
}

/** What migrations did to latencies, by strategy. */
export function migrationTable(lines: Lines): string {
  const rows = lines.cases(/^hash-16M-b8-/).flatMap((name) =>
    (["out", "back"] as const).flatMap((direction) => {
      const of = (pattern: RegExp) =>
        lines.matching(/^hash-16M-b8-/).find((each) => each.case === name && pattern.test(each.metric))?.value;
      const maximum = of(new RegExp(`^${direction}: median of \\d+ maxima$`));
      if (maximum === undefined) return [];
      return [
        [
          `\`${name}\``,
          direction,
          figure(maximum),
          figure(of(new RegExp(`^${direction}: largest maximum$`))),
          figure(of(new RegExp(`^${direction}: median of maxima to emission$`))),
          figure(of(new RegExp(`^${direction}: median duration$`))),
        ],
      ];
    }),
  );
  return table(["case", "", "max ms, median", "largest", "max ms to emission, median", "duration ms, median"], rows);
}

/** The paper's figures 13 and 14: milliseconds at 4 million records a second on 16 workers. */
export const paperOverhead = {
  hash: {
    native: "1.64 / 2.88 / 19.9",
    4: "4.46 / 7.60 / 25.2",
    6: "4.46 / 6.55 / 26.2",
    8: "4.46 / 6.03 / 16.8",
    10: "4.19 / 6.82 / 23.1",
    12: "4.98 / 7.08 / 24.1",
    14: "8.13 / 11.5 / 30.4",
    16: "21.0 / 27.3 / 83.9",
    18: "159 / 193 / 226",
    20: "1141 / 1409 / 1544",
  },
  key: {
    native: "1.51 / 1.70 / 14.2",
    4: "1.64 / 3.67 / 19.9",
    6: "1.64 / 2.75 / 21.0",
    8: "1.70 / 2.49 / 19.9",
    10: "1.70 / 2.36 / 15.2",
    12: "1.77 / 2.88 / 21.0",
    14: "2.49 / 4.46 / 19.9",
    16: "22.0 / 26.2 / 46.1",
    18: "235 / 268 / 336",
    20: "839 / 1611 / 1946",
  },
} as const;
