// The cases that are run beside libraries of JavaScript.
import type { Worker } from "@limmat/timely-core";
import type { Contestant } from "./contest.ts";
import { keyedCount } from "./keyed-count.ts";
import { mapFilterCount } from "./map-filter-count.ts";

/** One case. */
interface JsCase {
  readonly name: string;
  readonly records: number;
  readonly turns: number;
  contestants(worker: Worker): Contestant[];
}

/** All cases, in the order they are run. */
export const jsCases: readonly JsCase[] = [
  {
    name: "js-map-filter-count",
    records: 1_000_000,
    turns: 15,
    contestants: (worker) => mapFilterCount(worker, 1_000_000),
  },
  {
    name: "js-keyed-count",
    records: 200_000,
    turns: 9,
    contestants: (worker) => keyedCount(worker, 200_000),
  },
  {
    name: "js-keyed-count-1M",
    records: 1_000_000,
    turns: 5,
    contestants: (worker) => keyedCount(worker, 1_000_000),
  },
];
