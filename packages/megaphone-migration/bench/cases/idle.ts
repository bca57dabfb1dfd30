// What bins cost while nothing happens to them.
import type { CountingLoad } from "../counting/counting.ts";
import { run } from "../harness/run.ts";
import type { BenchCase } from "./bench-case.ts";

const bins = [4, 8, 12, 16, 20] as const;
const keys = 1e6;

/** Operators with few and with many bins that have nothing to do. */
export const idleCost: BenchCase = {
  names: bins.map((bins) => `idle-b${bins}`),
  async measure(report) {
    let few = Number.NaN;
    for (const bits of bins) {
      const load: CountingLoad = { kind: "counting", state: "hash", keys, bins: bits };
      const { notes } = await run({ load, rate: 1, seconds: 0, idle: 2 });
      const { idleCores = Number.NaN, roundMicroseconds = Number.NaN } = notes;
      if (bits === bins[0]) few = roundMicroseconds;
      report.add({ case: `idle-b${bits}`, metric: "cpu", value: idleCores, unit: "cores", bar: 0.01, better: "lower" });
      report.add({
        case: `idle-b${bits}`,
        metric: "round without records",
        value: roundMicroseconds,
        unit: "us",
        // Independent of the number of bins, but for noise.
        ...(bits > 4 && { bar: 1.5 * few, better: "lower" }),
      });
    }
  },
};
