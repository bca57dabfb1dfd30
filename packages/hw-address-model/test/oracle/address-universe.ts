// The slowest set there is: 256 addresses from a base, each in or out. Oracle of the interval sets' laws.
import type { Interval } from "../../src/interval/index.ts";

export const UNIVERSE = 256;

/** Bases that put the universe at both ends of the 64-bit space and across the boundary of the two words. */
export const BASES: readonly bigint[] = [0n, 2n ** 32n - 128n, 2n ** 63n - 128n, 2n ** 64n - 256n];

/** Which of the addresses base to base + 255 some interval covers. */
export function members(base: bigint, intervals: Iterable<Interval>): boolean[] {
  const list = Array.from(intervals);
  return Array.from({ length: UNIVERSE }, (_, i) =>
    list.some(({ first, last }) => first <= base + BigInt(i) && base + BigInt(i) <= last),
  );
}

/** The maximal runs of members as intervals. */
export function runs(base: bigint, member: readonly boolean[]): Interval[] {
  const found: Interval[] = [];
  for (let i = 0; i < member.length; i++) {
    if (!member[i] || member[i - 1]) continue;
    let end = i;
    while (member[end + 1]) end++;
    found.push({ first: base + BigInt(i), last: base + BigInt(end) });
  }
  return found;
}
