// The cases by name: how many workers, what each does, and what the figures are compared with. The work and its sizes are those
// of the Rust implementation's examples of the same names.
import type { ParkingOptions, Worker } from "@limmat/timely-core";
import { barrier } from "./barrier.ts";
import { eventDriven } from "./event-driven.ts";
import { exchangeRounds } from "./exchange.ts";
import { openLoop } from "./open-loop.ts";
import type { Sample } from "./samples.ts";
import { wordCount } from "./word-count.ts";

/** What is printed of a case: `rate` counts the amounts of all workers a second, `cost` is microseconds of one unit of a worker's amount. */
interface Figure {
  readonly metric: string;
  readonly kind: "rate" | "cost" | "p50" | "p99" | "cores";
  readonly unit: string;
  /** What the Rust implementation measured on a machine of the same kind: the median of three runs. */
  readonly rust?: number;
  /** The bar as a multiple of Rust's figure. */
  readonly bar?: number;
}

/** One case. */
interface BenchCase {
  readonly name: string;
  readonly workers: number;
  readonly parking?: ParkingOptions;
  run(worker: Worker): Sample;
  readonly figures: readonly Figure[];
}

const cores: Figure = { metric: "cpu", kind: "cores", unit: "cores" };
const rate = (rust: number, bar: number): Figure => ({
  metric: "throughput",
  kind: "rate",
  unit: "records/s",
  rust,
  bar,
});
const cost = (metric: string, rust: number, bar: number): Figure => ({ metric, kind: "cost", unit: "us", rust, bar });

/** All cases, in the order they are run. */
export const cases: readonly BenchCase[] = [
  {
    name: "exchange-100k-w2",
    workers: 2,
    run: (worker) => exchangeRounds(worker, 100_000, 100, 200),
    figures: [rate(525.54e6, 0.75)],
  },
  {
    name: "exchange-1000-w2",
    workers: 2,
    run: (worker) => exchangeRounds(worker, 1000, 2000, 4000),
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
    run: (worker) => barrier(worker, 5000, 20_000, true),
    figures: [cost("iteration", 1.49, 2), cores],
  },
  {
    name: "barrier-park-w2",
    workers: 2,
    parking: { spins: 0 },
    run: (worker) => barrier(worker, 2000, 5000),
    figures: [cost("iteration", 18.9, 2), cores],
  },
  {
    // The default policy: a few looks, then parking.
    name: "barrier-default-w2",
    workers: 2,
    run: (worker) => barrier(worker, 2000, 5000),
    figures: [cost("iteration", 18.9, 2), cores],
  },
  ...[
    { workers: 1, rust: 2.74e6 },
    { workers: 2, rust: 4.23e6 },
  ].map(({ workers, rust }) => ({
    name: `wordcount-1000-w${workers}`,
    workers,
    run: (worker: Worker) => wordCount(worker, 1000, 100, 300),
    figures: [rate(rust, 1)],
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
    run: (worker) => openLoop(worker, 1e6, 0.5, 1.5),
    figures: [
      { metric: "p50", kind: "p50", unit: "us", rust: 4.608, bar: 3 },
      { metric: "p99", kind: "p99", unit: "us", rust: 9.728, bar: 3 },
    ],
  },
];
