// From a bus address to the processor's, window by window up to the root (Devicetree Specification 2.3.8).
// resolve follows the specification at every address; linuxTranslate follows Linux, which looks at the start alone (address rule 3).
import type { Interval } from "../interval/index.ts";
import { type AddressSpace, type Bus, hasSpace, segmentFrom } from "./bus.ts";

/** One step of a translation: the bus that was left, and the entry of its `ranges` that did it. */
export interface TranslationHop {
  /** The path of the bus that was left. */
  readonly bus: string;
  /** The position in its `ranges`, or `undefined` where an empty `ranges` makes both spaces the same. */
  readonly entry: number | undefined;
  /** The space of that bus. */
  readonly space: AddressSpace;
  /** The addresses on that bus. */
  readonly from: Interval;
  /** The same addresses on its parent. */
  readonly to: Interval;
}

/** A part of a region that reaches the processor's address space in one way. */
export interface ResolvedPiece {
  /** Where in the region it starts, in bytes. */
  readonly offset: bigint;
  /** The processor's addresses. */
  readonly interval: Interval;
  /** From the region's bus to the root; empty for children of the root. */
  readonly hops: readonly TranslationHop[];
}

/**
 * Why addresses do not reach the processor: `no-ranges` the bus has no `ranges`, `outside-windows` no entry matches,
 * `space-mismatch` an empty `ranges` leads to a bus without that space, `too-fragmented` the region falls into more than 1,024 pieces.
 */
export type GapReason = "no-ranges" | "outside-windows" | "space-mismatch" | "too-fragmented";

/** A part of a region that does not reach the processor's address space. */
export interface UnresolvedPiece {
  /** Where in the region it starts, in bytes. */
  readonly offset: bigint;
  /** The addresses on the bus where they stop. */
  readonly interval: Interval;
  /** The path of that bus. */
  readonly bus: string;
  /** Why. */
  readonly reason: GapReason;
}

/** A region's parts, both lists in ascending offset; together they are the whole region, once. */
export interface Resolution {
  /** What reaches the processor. */
  readonly pieces: readonly ResolvedPiece[];
  /** What does not. */
  readonly gaps: readonly UnresolvedPiece[];
}

/** The most pieces one region may fall into; without a bound, nested windows multiply them. */
const MAX_PIECES = 1024;

interface Step {
  readonly bus: Bus;
  readonly entry: number | undefined;
  readonly space: AddressSpace;
  /** Parent address minus bus address. */
  readonly delta: bigint;
  readonly before: Step | undefined;
}

interface Fragment {
  readonly offset: bigint;
  readonly first: bigint;
  readonly last: bigint;
  readonly space: AddressSpace;
  readonly step: Step | undefined;
}

/**
 * Where every address of a region on a bus is for the processor: at each bus the first entry of `ranges` that matches
 * decides, address by address, so a region that straddles windows falls into pieces. O(levels * pieces * log windows).
 */
export function resolve(bus: Bus, space: AddressSpace, region: Interval): Resolution {
  const gaps: UnresolvedPiece[] = [];
  let fragments: Fragment[] = [{ offset: 0n, first: region.first, last: region.last, space, step: undefined }];
  for (let at = bus; ; at = at.parent) {
    const missing = (fragment: Fragment, first: bigint, last: bigint, reason: GapReason): void => {
      gaps.push({ offset: fragment.offset + first - fragment.first, interval: { first, last }, bus: at.path, reason });
    };
    const next: Fragment[] = [];
    for (const fragment of fragments) {
      if (!hasSpace(at.kind, fragment.space)) missing(fragment, fragment.first, fragment.last, "space-mismatch");
      else if (at.translation === "none") missing(fragment, fragment.first, fragment.last, "no-ranges");
      else if (at.translation === "root") {
        if (fragment.space === "memory") next.push(fragment);
        else missing(fragment, fragment.first, fragment.last, "space-mismatch");
      } else if (at.translation === "identity") {
        const step = { bus: at, entry: undefined, space: fragment.space, delta: 0n, before: fragment.step };
        next.push({ ...fragment, step });
      } else {
        splitByWindows(at, fragment, next, missing);
      }
    }
    fragments = next;
    if (at.parent === undefined) break;
  }
  gaps.sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));
  return { pieces: fragments.map(pieceOf), gaps };
}

function splitByWindows(
  bus: Bus,
  fragment: Fragment,
  out: Fragment[],
  missing: (fragment: Fragment, first: bigint, last: bigint, reason: GapReason) => void,
): void {
  const segments = bus.segments.get(fragment.space) ?? [];
  let first = fragment.first;
  for (let i = segmentFrom(segments, first); ; i++) {
    const segment = segments[i];
    if (segment === undefined || segment.first > fragment.last) {
      missing(fragment, first, fragment.last, "outside-windows");
      return;
    }
    if (out.length === MAX_PIECES) {
      missing(fragment, first, fragment.last, "too-fragmented");
      return;
    }
    if (segment.first > first) {
      missing(fragment, first, segment.first - 1n, "outside-windows");
      first = segment.first;
    }
    const isLast = segment.last >= fragment.last;
    const last = isLast ? fragment.last : segment.last;
    const { window } = segment;
    const delta = window.parentFirst - window.child.first;
    out.push({
      offset: fragment.offset + first - fragment.first,
      first: first + delta,
      last: last + delta,
      space: window.parentSpace,
      step: { bus, entry: window.index, space: fragment.space, delta, before: fragment.step },
    });
    if (isLast) return;
    first = last + 1n;
  }
}

function pieceOf({ offset, first, last, step }: Fragment): ResolvedPiece {
  const interval: Interval = { first, last };
  const hops: TranslationHop[] = [];
  // Neighbouring hops share their interval, and so do both sides of a hop that moves nothing: maps are mostly hops.
  let to = interval;
  for (let at = step; at !== undefined; at = at.before) {
    const from: Interval = at.delta === 0n ? to : { first: to.first - at.delta, last: to.last - at.delta };
    hops.push({ bus: at.bus.path, entry: at.entry, space: at.space, from, to });
    to = from;
  }
  return { offset, interval, hops: hops.reverse() };
}

/**
 * The processor's address of one bus address, or `undefined` if there is none. Linux takes a region's end to be as far
 * from it as on the bus; where that is not what resolve says, kernel and hardware disagree about the region.
 */
export function linuxTranslate(bus: Bus, space: AddressSpace, address: bigint): bigint | undefined {
  let at = bus;
  let currentSpace = space;
  let current = address;
  for (; at.parent !== undefined; at = at.parent) {
    if (!hasSpace(at.kind, currentSpace) || at.translation === "none") return undefined;
    if (at.translation === "identity") continue;
    const segments = at.segments.get(currentSpace) ?? [];
    const segment = segments[segmentFrom(segments, current)];
    if (segment === undefined || segment.first > current) return undefined;
    const { window } = segment;
    currentSpace = window.parentSpace;
    current += window.parentFirst - window.child.first;
  }
  return currentSpace === "memory" ? current : undefined;
}
