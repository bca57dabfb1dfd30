// The fewest moves to a map whose loads keep to a limit, by trying every map. Only for a handful of bins.

/** The least number of bins to move so that each of `workers` has at most `limit`, or undefined when no map does that. */
export function leastMoves(
  map: readonly number[],
  workers: readonly number[],
  weights: readonly number[],
  limit: number,
): number | undefined {
  let least: number | undefined;
  const loads = new Map(workers.map((worker) => [worker, 0]));
  const place = (bin: number, moves: number): void => {
    if (bin === map.length) {
      if (least === undefined || moves < least) least = moves;
      return;
    }
    const weight = weights[bin] as number;
    for (const worker of workers) {
      const load = loads.get(worker) as number;
      if (load + weight > limit) continue;
      loads.set(worker, load + weight);
      place(bin + 1, moves + (worker === map[bin] ? 0 : 1));
      loads.set(worker, load);
    }
  };
  place(0, 0);
  return least;
}
