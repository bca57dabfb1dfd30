// How a benchmark program reports: one measurement after the other, as JSON lines for machines or as a table for people.
// The shape is the same for every suite, so that figures of different days and machines can be laid side by side.

/** One figure of one case. */
export interface Measurement {
  /** The case's name, such as `exchange-100k-w2`. */
  readonly case: string;
  /** What was measured, such as `throughput` or `p99`. */
  readonly metric: string;
  readonly value: number;
  /** The unit of `value`, `reference` and `bar`, such as `records/s` or `ms`. */
  readonly unit: string;
  /** The same figure of the system this is compared with. */
  readonly reference?: number;
  /** The value that an issue asks for. */
  readonly bar?: number;
  /** Whether `value` meets the bar from above or from below; needed with `bar`. */
  readonly better?: "higher" | "lower";
  /** The curve that `value` sums up, where there is one: what its axes are, the case and the metric say. */
  readonly points?: readonly (readonly [x: number, y: number])[];
}

/** A measurement as printed with `--json`: `ratio` is value / reference, `ok` whether the bar was met. */
export interface ReportedMeasurement {
  readonly suite: string;
  readonly case: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly reference?: number;
  readonly ratio?: number;
  readonly bar?: number;
  readonly ok?: boolean;
  readonly points?: readonly (readonly [x: number, y: number])[];
}

/** Takes the measurements of a run. */
export interface BenchReport {
  /** Reports one measurement: at once with `--json`, else in the table that `end` prints. Throws on a bar without `better`. */
  add(measurement: Measurement): void;
  /** Prints the table; prints nothing with `--json`. */
  end(): void;
}

const reported = (suite: string, m: Measurement): ReportedMeasurement => {
  if (m.bar !== undefined && m.better === undefined)
    throw new TypeError(`${m.case} ${m.metric}: a bar needs \`better: "higher"\` or \`better: "lower"\``);
  return {
    suite,
    case: m.case,
    metric: m.metric,
    value: m.value,
    unit: m.unit,
    ...(m.reference === undefined ? {} : { reference: m.reference, ratio: m.value / m.reference }),
    ...(m.bar === undefined ? {} : { bar: m.bar, ok: m.better === "higher" ? m.value >= m.bar : m.value <= m.bar }),
    ...(m.points === undefined ? {} : { points: m.points }),
  };
};

/** Four significant digits, with thousands grouped. */
const figure = (value: number | undefined): string =>
  value === undefined ? "" : value.toLocaleString("en-US", { maximumSignificantDigits: 4 });

const columns = ["case", "metric", "value", "unit", "reference", "ratio", "bar", "ok"] as const;
const numeric = new Set<string>(["value", "reference", "ratio", "bar"]);

const table = (measurements: readonly ReportedMeasurement[]): string => {
  const rows = measurements.map((m) => [
    m.case,
    m.metric,
    figure(m.value),
    m.unit,
    figure(m.reference),
    figure(m.ratio),
    figure(m.bar),
    m.ok === undefined ? "" : m.ok ? "yes" : "NO",
  ]);
  const widths = columns.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (numeric.has(columns[i]!) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [line(columns), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
};

/**
 * Opens the report of one suite. `args` are the program's (`--json` chooses the form), `print` takes each line or the table.
 *
 * @example
 * const report = benchReport("routing", process.argv.slice(2), console.log);
 * report.add({ case: "jupiter-w1", metric: "p99", value: 8.7, unit: "ms", bar: 10, better: "lower" });
 * report.end();
 */
export const benchReport = (suite: string, args: readonly string[], print: (text: string) => void): BenchReport => {
  const json = args.includes("--json");
  const measurements: ReportedMeasurement[] = [];
  return {
    add(measurement) {
      const row = reported(suite, measurement);
      if (json) print(JSON.stringify(row));
      else measurements.push(row);
    },
    end() {
      if (!json) print(table(measurements));
    },
  };
};
