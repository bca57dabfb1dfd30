// Minimal elements by comparing all with all: the oracle of antichains.

import type { TimeDomain } from "../../src/index.ts";

/** The times that no other of `times` is before, each once, in the order of `compare`. */
export function minimalTimes<T>(domain: TimeDomain<T>, times: readonly T[]): T[] {
  const minimal = times.filter(
    (time) => !times.some((other) => domain.lessEqual(other, time) && !domain.lessEqual(time, other)),
  );
  return [...new Map(minimal.map((time) => [domain.key(time), time])).values()].sort(domain.compare);
}
