// Which entries of a memory map meet although they should not. Nesting that boards mean is left out: reservations in
// memory, a device in its own host bridge's window, and registers of a child inside its parent's.
import type { Interval } from "../interval/index.ts";
import type { MapEntry } from "./map-entry.ts";

/** How the second entry lies to the first: at the same addresses, inside it, or across its end. */
export type OverlapRelation = "equal" | "inside" | "across";

/** Two switched-on entries at common addresses. */
export interface RegionOverlap {
  /** The position of the entry that starts first; of two that start together, the wider. */
  readonly first: number;
  /** The position of the other. */
  readonly second: number;
  /** How the second lies to the first. */
  readonly relation: OverlapRelation;
  /** The common addresses. */
  readonly interval: Interval;
}

// Trees that compare more pairs or overlap more often are hostile; boards have at most some hundreds.
const MAX_COMPARISONS = 1 << 22;
const MAX_OVERLAPS = 1 << 16;

/**
 * All pairs of switched-on entries that should not meet, of entries in a memory map's order.
 * O(n log n + pairs that meet), up to about 4 million pairs; past that it stops and says so.
 */
export function findOverlaps(entries: readonly MapEntry[]): {
  readonly overlaps: readonly RegionOverlap[];
  readonly overlapsComplete: boolean;
} {
  const overlaps: RegionOverlap[] = [];
  let comparisons = 0;
  let open: number[] = [];
  for (let second = 0; second < entries.length; second++) {
    const entry = entries[second]!;
    if (!entry.enabled) continue;
    const { first, last } = entry.interval;
    comparisons += open.length;
    if (comparisons > MAX_COMPARISONS) return { overlaps, overlapsComplete: false };
    open = open.filter((i) => entries[i]!.interval.last >= first);
    for (const i of open) {
      const other = entries[i]!;
      if (isMeant(other, entry)) continue;
      if (overlaps.length === MAX_OVERLAPS) return { overlaps, overlapsComplete: false };
      const end = other.interval.last;
      const inside = last <= end;
      const relation =
        inside && first === other.interval.first && last === end ? "equal" : inside ? "inside" : "across";
      overlaps.push({ first: i, second, relation, interval: { first, last: inside ? last : end } });
    }
    open.push(second);
  }
  return { overlaps, overlapsComplete: true };
}

function isMeant(a: MapEntry, b: MapEntry): boolean {
  if (a.kind === "reserved" && b.kind === "reserved") return !(isOwnReservation(a) && isOwnReservation(b));
  if (a.kind === "reserved" || b.kind === "reserved") return a.kind === "memory" || b.kind === "memory";
  if (a.kind === "window" && isBelow(b, a)) return true;
  if (b.kind === "window" && isBelow(a, b)) return true;
  return (isBelow(a, b) && isInside(a, b)) || (isBelow(b, a) && isInside(b, a));
}

// The reservation block and /chosen often repeat what /reserved-memory says; only its own nodes must be disjoint.
function isOwnReservation(entry: MapEntry): boolean {
  return entry.source.path.startsWith("/reserved-memory/");
}

function isBelow(a: MapEntry, b: MapEntry): boolean {
  return a.source.path.startsWith(`${b.source.path}/`);
}

function isInside(a: MapEntry, b: MapEntry): boolean {
  return b.interval.first <= a.interval.first && a.interval.last <= b.interval.last;
}
