// Overlaps by comparing each entry with each: oracle of the sweep. Boards of the tests have devices and windows alone.
import type { MapEntry } from "../../src/device-tree/index.ts";
import type { Interval } from "../../src/interval/index.ts";

/** All pairs that meet and are not nested as boards mean it, in the sweep's order. */
export function overlapsOf(entries: readonly MapEntry[]): { first: number; second: number; interval: Interval }[] {
  const found: { first: number; second: number; interval: Interval }[] = [];
  for (const [second, b] of entries.entries()) {
    for (const [first, a] of entries.slice(0, second).entries()) {
      // Entries come in order of their starts, so the common addresses start with the second.
      const from = b.interval.first;
      const to = isInside(b, a) ? b.interval.last : a.interval.last;
      if (from > to || !a.enabled || !b.enabled || isNested(a, b) || isNested(b, a)) continue;
      found.push({ first, second, interval: { first: from, last: to } });
    }
  }
  return found;
}

function isNested(child: MapEntry, parent: MapEntry): boolean {
  const isBelow = child.source.path.startsWith(`${parent.source.path}/`);
  return isBelow && (parent.kind === "window" || isInside(child, parent));
}

function isInside(a: MapEntry, b: MapEntry): boolean {
  return b.interval.first <= a.interval.first && a.interval.last <= b.interval.last;
}
