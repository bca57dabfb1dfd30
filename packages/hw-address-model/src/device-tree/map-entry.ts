// One line of a memory map: which addresses, whose they are, where the tree says so, and how they get there.
import type { Interval } from "../interval/index.ts";
import type { AddressSpace } from "./bus.ts";
import type { TranslationHop } from "./translate.ts";

/**
 * What a region is: `memory`; `reserved` memory that has an owner (/reserved-memory, /memreserve/, what firmware hands
 * over under /chosen); a `device`'s registers; a `window` of a PCI host bridge.
 */
export type RegionKind = "memory" | "reserved" | "device" | "window";

/** Where in the tree a region is written. */
export interface RegionSource {
  /** The node's path; `/` for the reservation block. */
  readonly path: string;
  /** The property; `memreserve` stands for the reservation block. */
  readonly property: "reg" | "assigned-addresses" | "ranges" | "memreserve";
  /** Which entry of the property. */
  readonly index: number;
}

/** A region, or the part of one that reaches the processor in one way. */
export interface MapEntry {
  /** The processor's physical addresses. */
  readonly interval: Interval;
  /** What it is. */
  readonly kind: RegionKind;
  /** The node's name with unit address. */
  readonly name: string;
  /** The region's own name from `reg-names`. */
  readonly regName: string | undefined;
  /** The node's `compatible`, most specific first; empty without one. */
  readonly compatible: readonly string[];
  /** Whether the node and all above it are switched on (`status` absent, `okay` or `ok`). */
  readonly enabled: boolean;
  /** What a window leads to on the PCI side; `memory` for all other entries. */
  readonly space: AddressSpace;
  /** Where the tree says so. */
  readonly source: RegionSource;
  /** Where in the region this part starts, in bytes; 0 unless windows cut the region. */
  readonly offset: bigint;
  /** From the region's bus to the root. */
  readonly hops: readonly TranslationHop[];
}
