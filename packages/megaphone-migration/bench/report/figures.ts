// The figures of the report: the paper's, remade. Each says which cases it is made of, so that it can name the command that makes it.
import type { Band, Chart, Series } from "../plot/chart.ts";
import type { Axis } from "../plot/scale.ts";
import type { Lines } from "./lines.ts";

/** One figure. */
export interface Figure {
  /** The name of its file, without the ending. */
  readonly file: string;
  readonly title: string;
  /** What it shows, in Markdown. */
  readonly text: string;
  /** The cases that it is made of. */
  readonly cases: RegExp;
  /** What chooses these cases on the command line. */
  readonly chosenBy: string;
  /** How many charts are beside each other. */
  readonly columns: number;
  readonly size: readonly [width: number, height: number];
  charts(lines: Lines): readonly Chart[];
}

const strategies = ["all-at-once", "batched", "fluid"] as const;
const modes = [
  ["", "ours"],
  ["off-", "as in the paper"],
] as const;
const latency: Axis = { label: "latency, ms", scale: "log" };
const seconds: Axis = { label: "seconds", scale: "linear" };

/** All figures, in the order of the report. */
export const figures: readonly Figure[] = [
  {
    file: "figure-01",
    title: "Latency over time (the paper's figure 1)",
    text: "Key count, 64 M keys in 4,096 bins, 500,000 records a second; a quarter of all state leaves worker 1 and comes back. Each point is a bucket of 250 ms. Above with the defaults, below with selective gating, credits and zero-copy off, which is how the paper has it.",
    cases: /^timeline-/,
    chosenBy: "timeline-",
    columns: 3,
    size: [330, 250],
    charts: (lines) =>
      modes.flatMap(([mode, name]) =>
        strategies.map((strategy) => timeline(lines, `timeline-${mode}${strategy}`, `${strategy}, ${name}`)),
      ),
  },
  distribution("figure-13", "Overhead: hash count (figure 13)", "hash-4M", "4 M keys in hash tables."),
  distribution("figure-14", "Overhead: key count (figures 14 and 15)", "key-64M", "64 M keys in arrays."),
  {
    file: "migration-maxima",
    title: "The maxima of ten runs",
    text: "Hash count, 16 M keys in 256 bins: the longest latency of each of ten runs that took turns, while bins left worker 1 and while they came back. What nothing moves in is the noise of the machine.",
    cases: /^hash-16M-b8-/,
    chosenBy: "hash-16M-b8",
    columns: 2,
    size: [480, 300],
    charts: (lines) => (["out", "back"] as const).map((direction) => maxima(lines, direction)),
  },
  sweep(
    "figure-16",
    "Maximum against duration, by number of bins (figure 16)",
    "sweep-bins",
    "Key count, 32 M keys. A point for each number of bins.",
    (name) => `2^${/-b(\d+)-/.exec(name)?.[1]}`,
    true,
  ),
  sweep(
    "figure-17",
    "Maximum against duration, by domain (figure 17)",
    "sweep-domain",
    "Key count in 1,024 bins. A point for each number of keys.",
    (name) => /key-(\w+)-/.exec(name)?.[1] ?? "",
    true,
  ),
  sweep(
    "figure-18",
    "Maximum against duration, by both (figure 18)",
    "sweep-both",
    "Key count, 262,144 keys (2 MiB) a bin. A point for each number of bins.",
    (name) => `2^${/-b(\d+)-/.exec(name)?.[1]}`,
    false,
  ),
  {
    file: "figure-19",
    title: "Maximum against offered load (figure 19)",
    text: "Key count, 16 M keys in 1,024 bins: the longest latency while a quarter of the state moves, mean of out and back, by how many records are due a second on both workers.",
    cases: /^offered-/,
    chosenBy: "offered-",
    columns: 1,
    size: [620, 340],
    charts: (lines) => [
      {
        title: "Offered load",
        x: { label: "records a second, both workers", scale: "log" },
        y: { label: "longest latency, ms", scale: "log" },
        series: ["none", ...strategies].map((name, colour) => ({
          name,
          colour: name === "none" ? 5 : colour - 1,
          points: lines.points(`offered-${name}`, "maximum at the greatest rate"),
        })),
      },
    ],
  },
  {
    file: "figure-20",
    title: "Memory over time (figure 20)",
    text: "Hash count, 16 M keys in 4,096 bins, a quarter of them moved by copy at 2 s and back at 4.5 s, or when the first was done: resident memory of the process, or of both where they are joined by TCP.",
    cases: /^memory-/,
    chosenBy: "memory-",
    columns: 1,
    size: [760, 360],
    charts: (lines) => {
      const prefix = "memory-hash-16M-b12-";
      const names = lines.cases(/^memory-/);
      return [
        {
          title: "Resident memory",
          x: seconds,
          y: { label: "MiB", scale: "linear" },
          series: names.map((name, colour) => ({
            name: name.slice(prefix.length),
            colour,
            marked: false,
            points: lines.points(name, "resident memory").filter(([at]) => at >= 0),
          })),
        },
      ];
    },
  },
  {
    file: "sustained-rate",
    title: "Sustained rate",
    text: "Key count, 64 M keys in 256 bins, no migration: the 99th percentile by offered rate.",
    cases: /-sustained$/,
    chosenBy: "key-64M-b8-sustained",
    columns: 1,
    size: [560, 300],
    charts: (lines) =>
      lines.cases(/-sustained$/).map((name) => ({
        title: "99th percentile by rate",
        x: { label: "records a second, both workers", scale: "log" },
        y: latency,
        series: [{ name: "p99", points: lines.points(name, "rate with p99 below 10 ms"), colour: 0 }],
      })),
  },
];

/** A chart of a run: percentiles by bucket, with the time of migrations tinted. */
function timeline(lines: Lines, name: string, title: string): Chart {
  const bands = (["out", "back"] as const).flatMap((direction): Band[] => {
    const [span] = lines.points(name, `${direction}: duration`);
    return span === undefined ? [] : [{ from: span[0], to: span[1], label: direction }];
  });
  return {
    title,
    x: seconds,
    y: { ...latency, domain: [0.01, 10_000] },
    bands,
    series: (
      [
        ["p50", 0],
        ["p99", 2],
        ["max", 1],
      ] as const
    ).map(([percentile, colour]) => ({
      name: percentile,
      colour,
      marked: false,
      // The first second is for compilers and caches.
      points: lines.points(name, `largest ${percentile} of a bucket`).filter(([at]) => at >= 1),
    })),
  };
}

function distribution(file: string, title: string, load: string, what: string): Figure {
  return {
    file,
    title,
    text: `${what} 500,000 records a second, no migration: the share of records that take longer, for the native operator and by number of bins.`,
    cases: new RegExp(`^(native-${load}|${load}-b\\d+)$`),
    chosenBy: `native-${load} ${load}`,
    columns: 1,
    size: [700, 400],
    charts: (lines) => {
      const bins = lines
        .cases(new RegExp(`^${load}-b\\d+$`))
        .map((name) => Number(/\d+$/.exec(name)?.[0]))
        .sort((a, b) => a - b);
      const beyond = (name: string) => lines.points(name, "distribution").filter(([, share]) => share >= 1e-5);
      return [
        {
          title: load === "hash-4M" ? "Hash count, 4 M keys" : "Key count, 64 M keys",
          x: latency,
          y: { label: "share of records that take longer", scale: "log", domain: [1e-5, 1] },
          series: [
            { name: "native", points: beyond(`native-${load}`), colour: 1, marked: false },
            ...bins.map(
              (bits, i): Series => ({
                name: `2^${bits} bins`,
                points: beyond(`${load}-b${bits}`),
                shade: i / Math.max(1, bins.length - 1),
                marked: false,
              }),
            ),
          ],
        },
      ];
    },
  };
}

function sweep(
  file: string,
  title: string,
  prefix: string,
  what: string,
  label: (name: string) => string,
  both: boolean,
): Figure {
  return {
    file,
    title,
    text: `${what} Both are means of the way out and the way back.`,
    cases: new RegExp(`^${prefix}-`),
    chosenBy: `${prefix}-`,
    columns: 2,
    size: both ? [480, 340] : [620, 340],
    charts: (lines) =>
      modes.slice(0, both ? 2 : 1).map(([mode, name]) => ({
        title: name,
        x: { label: "duration, ms", scale: "log" },
        y: { label: "longest latency, ms", scale: "log" },
        series: strategies.map((strategy, colour) => {
          const names = lines.cases(new RegExp(`^${prefix}-${mode}key-.*-${strategy}$`));
          return {
            name: strategy,
            colour,
            points: names.map((each): [number, number] => [
              lines.value(each, "duration, mean of out and back"),
              lines.value(each, "maximum, mean of out and back"),
            ]),
            labels: names.map(label),
          };
        }),
      })),
  };
}

function maxima(lines: Lines, direction: "out" | "back"): Chart {
  const names = lines.cases(/^hash-16M-b8-(none|fluid|batched|all-at-once|all-at-once-copy)$/);
  return {
    title: direction,
    x: { label: "run", scale: "linear", domain: [1, 10], ticks: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
    y: { label: "longest latency, ms", scale: "log" },
    series: names.map((name) => {
      const way = name.slice("hash-16M-b8-".length);
      return {
        name: way,
        colour: ["all-at-once", "batched", "fluid", "all-at-once-copy", "", "none"].indexOf(way),
        points: lines.points(name, `${direction}: median of 10 maxima`),
      };
    }),
  };
}
