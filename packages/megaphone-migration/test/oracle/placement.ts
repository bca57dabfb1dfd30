// The function (time, bin) -> worker, written down as its definition: fold every step at or before the time over the initial map.

import type { TimeDomain } from "@limmat/timely-core";

/** A step as its records' content: a map, if it has one, and moves on top of it. */
export interface PlacementStep<T> {
  readonly time: T;
  readonly map: readonly number[] | undefined;
  readonly moves: ReadonlyMap<number, number>;
}

export function placement<T>(
  domain: TimeDomain<T>,
  bins: number,
  workers: number,
  steps: readonly PlacementStep<T>[],
  time: T,
): number[] {
  let map = Array.from({ length: bins }, (_, bin) => bin % workers);
  for (const step of steps) {
    if (!domain.lessEqual(step.time, time)) continue;
    map = map.map((worker, bin) => step.moves.get(bin) ?? step.map?.[bin] ?? worker);
  }
  return map;
}
