// The cases by name: how many workers, what each does, and what the figures are compared with. The work and its sizes are those
// of the Rust implementation's examples of the same names.
import type { ParkingOptions, Worker } from "@limmat/timely-core";
import { barrier } from "./barrier.ts";
import { search } from "./bfs.ts";
import { eventDriven } from "./event-driven.ts";
import { type ExchangeWays, exchangeRounds } from "./exchange.ts";
import { idle } from "./idle.ts";
import { openLoop } from "./open-loop.ts";
import { rank } from "./page-rank.ts";
import type { Sample } from "./samples.ts";
import { components } from "./union-find.ts";
import { wordCount } from "./word-count.ts";
import { wordCountColumns } from "./word-count-columns.ts";

/** What is printed of a case: `rate` counts the amounts of all workers a second, `cost` is microseconds of one unit of a worker's amount. */
interface Figure {
  readonly metric: string;
  readonly kind: "rate" | "cost" | "seconds" | "p50" | "p99" | "cores";
  readonly unit: string;
  /** What the Rust implementation measured on a machine of the same kind: the median of three runs. */
  readonly rust?: number;
  /** The bar as a multiple of Rust's figure. */
  readonly bar?: number;
  /** The bar where there is no figure of Rust's. */
  readonly least?: number;
  /** The same where less is better. */
  readonly most?: number;
}

/** A probe of the bare machine: see `floor.ts`. */
export type Floor =
  | `exchange ${number}`
  | `exchange ${number} mixed`
  | "spin"
  | "park"
  | `wordcount ${number}`
  | "wake"
  | "lateness"
  | "echo";

/** One case. */
interface BenchCase {
  readonly name: string;
  /** Of each process. */
  readonly workers: number;
  /** How many processes of that many workers; 1 unless said. */
  readonly processes?: number;
  readonly parking?: ParkingOptions;
  /** What the bare machine does of this, measured in the same run. */
  readonly floor?: Floor;
  run(worker: Worker): Sample;
  readonly figures: readonly Figure[];
}

// The Rust programs of these cases never park. Looking that often takes some 100 us: more than the other worker needs on a core of its own.
const patient: ParkingOptions = { spins: 10_000 };

const cores: Figure = { metric: "cpu", kind: "cores", unit: "cores" };
const rate = (rust: number, bar: number): Figure => ({
  metric: "throughput",
  kind: "rate",
  unit: "records/s",
  rust,
  bar,
});
const cost = (metric: string, rust: number, bar: number): Figure => ({ metric, kind: "cost", unit: "us", rust, bar });

const elapsed = (rust: number, bar: number): Figure => ({ metric: "elapsed", kind: "seconds", unit: "s", rust, bar });

/** All cases, in the order they are run. */
export const cases: readonly BenchCase[] = [
  {
    name: "exchange-100k-w2",
    workers: 2,
    floor: "exchange 100000",
    run: (worker) => exchangeRounds(worker, 100_000, 200, 400),
    figures: [rate(525.54e6, 0.75)],
  },
  ...[{ mixed: true }, { consumed: true }].map((ways: ExchangeWays) => ({
    name: `exchange-100k-w2-${Object.keys(ways)[0]}`,
    workers: 2,
    floor: ways.mixed ? ("exchange 100000 mixed" as const) : ("exchange 100000" as const),
    run: (worker: Worker) => exchangeRounds(worker, 100_000, 200, 400, ways),
    figures: [{ metric: "throughput", kind: "rate", unit: "records/s", least: 250e6 } as const],
  })),
  {
    name: "exchange-1000-w2",
    workers: 2,
    floor: "exchange 1000",
    run: (worker) => exchangeRounds(worker, 1000, 10_000, 20_000),
    figures: [rate(163.54e6, 1)],
  },
  {
    name: "barrier-w1",
    workers: 1,
    run: (worker) => barrier(worker, 20_000, 100_000),
    figures: [cost("iteration", 0.948, 2)],
  },
  {
    name: "barrier-spin-w2",
    workers: 2,
    floor: "spin",
    run: (worker) => barrier(worker, 5000, 20_000, true),
    figures: [cost("iteration", 1.49, 2), cores],
  },
  {
    name: "barrier-park-w2",
    workers: 2,
    parking: { spins: 0 },
    floor: "park",
    run: (worker) => barrier(worker, 2000, 5000),
    figures: [cost("iteration", 18.9, 2), cores],
  },
  {
    // The default policy: a few looks, then parking.
    name: "barrier-default-w2",
    workers: 2,
    floor: "park",
    run: (worker) => barrier(worker, 2000, 5000),
    figures: [cost("iteration", 18.9, 2), cores],
  },
  {
    // Over TCP, by the I/O thread of each process: six threads on two cores.
    name: "exchange-100k-n2",
    workers: 1,
    processes: 2,
    run: (worker) => exchangeRounds(worker, 100_000, 50, 100, { park: true }),
    figures: [rate(32.09e6, 5)],
  },
  {
    name: "exchange-1000-n2",
    workers: 1,
    processes: 2,
    run: (worker) => exchangeRounds(worker, 1000, 1000, 2000, { park: true }),
    figures: [rate(1.71e6, 4.68)],
  },
  {
    name: "barrier-n2",
    workers: 1,
    processes: 2,
    parking: { spins: 0 },
    floor: "echo",
    run: (worker) => barrier(worker, 2000, 5000),
    figures: [cost("iteration", 50, 2), cores],
  },
  ...[
    { workers: 1, rust: 2.74e6 },
    { workers: 2, rust: 4.23e6 },
  ].map(({ workers, rust }) => ({
    name: `wordcount-1000-w${workers}`,
    workers,
    ...(workers === 1 && { floor: "wordcount 100000" as const }),
    run: (worker: Worker) => wordCount(worker, 100_000, 1000, 300, 1000),
    figures: [rate(rust, 1)],
  })),
  ...[
    { workers: 1, rust: 1.52e6 },
    { workers: 2, rust: 2.52e6 },
  ].flatMap(({ workers, rust }) => [
    {
      name: `wordcount-100k-w${workers}`,
      workers,
      ...(workers === 1 && { floor: "wordcount 1000000" as const }),
      run: (worker: Worker) => wordCount(worker, 1_000_000, 100_000, 5, 25),
      figures: [rate(rust, 0.75)],
    },
    {
      name: `wordcount-100k-columns-w${workers}`,
      workers,
      run: (worker: Worker) => wordCountColumns(worker, 1_000_000, 100_000, 5, 25),
      figures: [rate(rust, 1)],
    },
  ]),
  ...[
    { workers: 1, rust: 1.05 },
    { workers: 2, rust: 0.78 },
  ].map(({ workers, rust }) => ({
    name: `bfs-1M-10M-w${workers}`,
    workers,
    run: (worker: Worker) => search(worker, 1_000_000, 10_000_000),
    figures: [elapsed(rust, 2)],
  })),
  ...[
    { workers: 1, rust: 2.8 },
    { workers: 2, rust: 2.29 },
  ].map(({ workers, rust }) => ({
    name: `pagerank-100k-1M-w${workers}`,
    workers,
    parking: patient,
    run: (worker: Worker) => rank(worker, 100_000, 1_000_000, 1000),
    figures: [elapsed(rust, 2)],
  })),
  ...[
    { workers: 1, rust: 13.22e6 },
    { workers: 2, rust: 10.42e6 },
  ].map(({ workers, rust }) => ({
    name: `unionfind-w${workers}`,
    workers,
    parking: patient,
    run: (worker: Worker) => components(worker, 1_000_000, 20_000_000, 1000),
    figures: [{ ...rate(rust, 0.5), unit: "edges/s" }],
  })),
  {
    name: "event-10x10",
    workers: 1,
    run: (worker) => eventDriven(worker, 10, 10, 5000, 20_000),
    figures: [cost("round", 10.4, 2)],
  },
  {
    name: "event-1000x10",
    workers: 1,
    run: (worker) => eventDriven(worker, 1000, 10, 5000, 10_000),
    figures: [cost("round", 40, 3)],
  },
  {
    name: "openloop-1M-w1",
    workers: 1,
    floor: "lateness",
    run: (worker) => openLoop(worker, 1e6, 0.5, 1.5),
    figures: [
      { metric: "p50", kind: "p50", unit: "us", rust: 4.608, bar: 3 },
      { metric: "p99", kind: "p99", unit: "us", rust: 9.728, bar: 3 },
    ],
  },
  {
    name: "idle-10000",
    workers: 2,
    floor: "wake",
    run: (worker) => idle(worker, 10_000, 3, 2000),
    figures: [
      { ...cores, most: 0.01 },
      { metric: "wake-up p50", kind: "p50", unit: "us" },
      { metric: "wake-up p99", kind: "p99", unit: "us", most: 100 },
    ],
  },
];
