// Target maps for workers that join or leave the active ones, among those that the dataflow was started with.

import type { BinMap } from "../configuration/index.ts";
import { PlanParameterError, UnknownWorkerError } from "../errors.ts";
import { type RebalanceOptions, rebalance } from "./rebalance.ts";

/**
 * A map that gives the workers `joining` their share of what `workers` have, for as few moves as there can be: `rebalance` over all.
 *
 * Throws `PlanParameterError` when a worker that joins is there already, and what `rebalance` throws.
 */
export function join(
  map: BinMap,
  workers: readonly number[],
  joining: readonly number[],
  options: RebalanceOptions = {},
): BinMap {
  return rebalance(map, [...workers, ...joining], options);
}

/**
 * A map that leaves nothing on the workers `leaving`. Only their bins move, to those of `workers` that have least and stay; with a
 * `tolerance`, others move too where a worker is further above the average.
 *
 * Throws `UnknownWorkerError` when a worker that leaves is not there, `PlanParameterError` when none stays, and what `rebalance` throws.
 */
export function leave(
  map: BinMap,
  workers: readonly number[],
  leaving: readonly number[],
  options: RebalanceOptions = {},
): BinMap {
  for (const worker of leaving) {
    if (!workers.includes(worker)) throw new UnknownWorkerError(worker, `workers are ${workers.join(", ")}`);
  }
  const staying = workers.filter((worker) => !leaving.includes(worker));
  if (staying.length === 0) throw new PlanParameterError("number of workers that stay", 0, "at least 1");
  return rebalance(map, staying, { ...options, tolerance: options.tolerance ?? Number.POSITIVE_INFINITY });
}
