// A case: some runs, and the figures that come of them.
import type { BenchReport } from "@limmat/bench";

/** Runs that belong together, since figures of one are compared with those of another. */
export interface BenchCase {
  /** The names of the cases that it reports. */
  readonly names: readonly string[];
  /** Runs them and reports their figures. */
  measure(report: BenchReport): Promise<void>;
}
