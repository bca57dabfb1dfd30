// The address space that a device tree node gives its children, and its windows into its parent's space: `ranges`
// (Devicetree Specification 2.3.5, 2.3.8; PCI bus binding 2.1). A bus address is a space and a 64-bit number (address rule 2).
import type { Interval } from "../interval/index.ts";
import { MAX_ADDRESS } from "../interval/index.ts";
import type { DeviceTreeProperty } from "./property.ts";
import { type DeviceTreeNode, propertyOf } from "./tree.ts";

/**
 * How a bus writes addresses: `plain` numbers of 1 or 2 cells; `pci` and `isa` with a first cell that names a space;
 * `flagged` for 3 cells on any other bus, the first of which must be equal for two addresses to be in one space.
 */
export type BusKind = "plain" | "pci" | "isa" | "flagged";

/** Which of a bus's spaces an address is in; a plain bus has `memory` alone. PCI's two memory codes are one space. */
export type AddressSpace = "memory" | "io" | "config" | `flags 0x${string}`;

/** One entry of `ranges`: child addresses `child` of `space` are the parent's from `parentFirst` of `parentSpace`. */
export interface BusWindow {
  /** The entry's position in `ranges`. */
  readonly index: number;
  /** The bus's space that it translates. */
  readonly space: AddressSpace;
  /** The bus's addresses. */
  readonly child: Interval;
  /** The parent's space that they lead to. */
  readonly parentSpace: AddressSpace;
  /** The parent's address of the first of them. */
  readonly parentFirst: bigint;
}

/** A piece of a bus's space in which one entry of `ranges` is the first that matches. */
export interface BusSegment extends Interval {
  /** The entry. */
  readonly window: BusWindow;
}

/** Why an entry of `ranges`, or a property as a whole, cannot be read. */
export type RangesFaultReason = "ranges-length" | "ranges-wraps" | "ranges-cells";

/** An entry of `ranges` that is left out, or a tail of it that is no entry. */
export interface RangesFault {
  /** The entry's position in `ranges`. */
  readonly index: number;
  /** Why. */
  readonly reason: RangesFaultReason;
}

/** A node as the bus of its children. */
export interface Bus {
  /** The node's path; `/` is the root. */
  readonly path: string;
  /** How it writes addresses. */
  readonly kind: BusKind;
  /** The 32-bit cells of an address. */
  readonly addressCells: number;
  /** The 32-bit cells of a size; 0 where regions have none, as on I2C. */
  readonly sizeCells: number;
  /** The bus that this one's windows lead into; `undefined` for the root, whose addresses are the processor's. */
  readonly parent: Bus | undefined;
  /** `none` without `ranges`: children cannot be reached. `identity` with an empty one: both spaces are the same. */
  readonly translation: "root" | "none" | "identity" | "windows";
  /** The readable, non-empty entries of `ranges`, in order. */
  readonly windows: readonly BusWindow[];
  /** What of `ranges` is left out. */
  readonly faults: readonly RangesFault[];
  /** By space, sorted and disjoint: who is first to match. */
  readonly segments: ReadonlyMap<AddressSpace, readonly BusSegment[]>;
}

/** The bus that a node is for its children. O(n log n) in the entries of `ranges`. */
export function busOf(node: DeviceTreeNode, path: string, parent: Bus | undefined): Bus {
  const kind = kindOf(node);
  // PCI's and ISA's cells are fixed by their bindings; elsewhere the specification's defaults are 2 and 1.
  const fixed = kind === "pci" ? [3, 2] : kind === "isa" ? [2, 1] : undefined;
  const addressCells = fixed?.[0] ?? cellCount(propertyOf(node, "#address-cells"), 2);
  const sizeCells = fixed?.[1] ?? cellCount(propertyOf(node, "#size-cells"), 1);
  const shape = {
    path,
    kind: kind === "plain" && addressCells === 3 ? "flagged" : kind,
    addressCells,
    sizeCells,
    parent,
  };
  const bare = { windows: [], faults: [], segments: new Map() } as const;
  if (parent === undefined) return { ...shape, ...bare, translation: "root" };
  const ranges = propertyOf(node, "ranges");
  if (ranges === undefined) return { ...shape, ...bare, translation: "none" };
  if (ranges.length === 0) return { ...shape, ...bare, translation: "identity" };
  const { windows, faults } = readWindows(ranges, shape, parent);
  return { ...shape, translation: "windows", windows, faults, segments: segmentsOf(windows) };
}

/** A bus's way of writing addresses. */
export type AddressFormat = Pick<Bus, "kind" | "addressCells" | "sizeCells">;

/** Whether addresses and sizes have a form that this model reads: up to 64 bits, and a first cell that names the space. */
export function isReadable({ kind, addressCells, sizeCells }: AddressFormat): boolean {
  return sizeCells <= 2 && (kind === "plain" ? addressCells >= 1 && addressCells <= 2 : true);
}

/** Reads a bus address from the cell at `at`. */
export function readAddress(
  property: DeviceTreeProperty,
  at: number,
  { kind, addressCells }: AddressFormat,
): { readonly space: AddressSpace; readonly address: bigint } {
  if (kind === "plain") return { space: "memory", address: readNumber(property, at, addressCells) };
  return {
    space: spaceOf(kind, property.cell(at)),
    address: readNumber(property, at + 1, addressCells - 1),
  };
}

/** Reads a number of 0, 1 or 2 cells from the cell at `at`. */
export function readNumber(property: DeviceTreeProperty, at: number, cells: number): bigint {
  if (cells === 0) return 0n;
  if (cells === 1) return BigInt(property.cell(at));
  const high = property.cell(at);
  const low = property.cell(at + 1);
  return high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
}

/** Whether an address of a space can stand on a bus; through an empty `ranges` it must, since nothing translates it. */
export function hasSpace(kind: BusKind, space: AddressSpace): boolean {
  if (space === "memory" || kind === "flagged") return true;
  return (kind === "pci" && (space === "io" || space === "config")) || (kind === "isa" && space === "io");
}

/** The segment that holds an address or, if none does, the next one above; its position, or the list's length. O(log n). */
export function segmentFrom(segments: readonly BusSegment[], address: bigint): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (segments[middle]!.last < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function kindOf(node: DeviceTreeNode): BusKind {
  if (hasBaseName(node, "isa")) return "isa";
  const type = propertyOf(node, "device_type");
  if (type === undefined) return hasBaseName(node, "pcie") ? "pci" : "plain";
  return PCI_TYPES.some((name) => type.isString(name)) ? "pci" : "plain";
}

/** Whether a node's name, without a unit address, is a given one. */
export function hasBaseName(node: DeviceTreeNode, name: string): boolean {
  return node.name === name || node.name.startsWith(`${name}@`);
}

const PCI_TYPES = ["pci", "pciex", "vci", "ht"];

// A count that is no single cell cannot be meant; 2^32 - 1 makes the bus unreadable rather than silently default.
function cellCount(property: DeviceTreeProperty | undefined, otherwise: number): number {
  if (property === undefined) return otherwise;
  return property.length === 4 ? property.cell(0) : 0xffff_ffff;
}

function spaceOf(kind: BusKind, flags: number): AddressSpace {
  if (kind === "pci") {
    const code = (flags >>> 24) & 3;
    return code === 0 ? "config" : code === 1 ? "io" : "memory";
  }
  if (kind === "isa") return (flags & 1) === 0 ? "memory" : "io";
  return flags === 0 ? "memory" : `flags 0x${flags.toString(16)}`;
}

function readWindows(
  ranges: DeviceTreeProperty,
  bus: AddressFormat,
  parent: Bus,
): { windows: BusWindow[]; faults: RangesFault[] } {
  if (!isReadable(bus) || !isReadable(parent)) return { windows: [], faults: [{ index: 0, reason: "ranges-cells" }] };
  const cells = bus.addressCells + parent.addressCells + bus.sizeCells;
  const count = Math.floor(ranges.length / (cells * 4));
  const windows: BusWindow[] = [];
  const faults: RangesFault[] = [];
  for (let index = 0; index < count; index++) {
    const at = index * cells;
    const child = readAddress(ranges, at, bus);
    const to = readAddress(ranges, at + bus.addressCells, parent);
    const size = readNumber(ranges, at + bus.addressCells + parent.addressCells, bus.sizeCells);
    // An entry of size 0 matches nothing: a place that a boot program may fill.
    if (size === 0n) continue;
    const last = child.address + size - 1n;
    if (last > MAX_ADDRESS || to.address + size - 1n > MAX_ADDRESS) {
      faults.push({ index, reason: "ranges-wraps" });
      continue;
    }
    const window = { index, space: child.space, child: { first: child.address, last } };
    windows.push({ ...window, parentSpace: to.space, parentFirst: to.address });
  }
  if (count * cells * 4 !== ranges.length) faults.push({ index: count, reason: "ranges-length" });
  return { windows, faults };
}

function segmentsOf(windows: readonly BusWindow[]): Map<AddressSpace, BusSegment[]> {
  const bySpace = new Map<AddressSpace, BusWindow[]>();
  for (const window of windows) {
    const list = bySpace.get(window.space);
    if (list === undefined) bySpace.set(window.space, [window]);
    else list.push(window);
  }
  return new Map(Array.from(bySpace, ([space, list]) => [space, firstMatches(list)]));
}

// Cuts the space at every window's ends, then lets windows claim the unclaimed cuts in order; `next` jumps over claimed ones.
// The piece from cut i ends before cut i + 1, and the last piece at 2^64 - 1.
function firstMatches(windows: readonly BusWindow[]): BusSegment[] {
  if (windows.length === 1) return [{ ...windows[0]!.child, window: windows[0]! }];
  const cuts = cutsOf(windows);
  const owner: (BusWindow | undefined)[] = new Array(cuts.length).fill(undefined);
  const next = Uint32Array.from({ length: cuts.length + 1 }, (_, i) => i);
  const unclaimed = (from: number): number => {
    let at = from;
    while (next[at] !== at) {
      next[at] = next[next[at]!]!;
      at = next[at]!;
    }
    return at;
  };
  for (const window of windows) {
    const { first, last } = window.child;
    const end = last === MAX_ADDRESS ? cuts.length : positionOf(cuts, last + 1n);
    for (let at = unclaimed(positionOf(cuts, first)); at < end; at = unclaimed(at)) {
      owner[at] = window;
      next[at] = at + 1;
    }
  }
  const segments: { first: bigint; last: bigint; window: BusWindow }[] = [];
  for (const [i, window] of owner.entries()) {
    if (window === undefined) continue;
    const before = segments[segments.length - 1];
    const last = i + 1 < cuts.length ? cuts[i + 1]! - 1n : MAX_ADDRESS;
    // Between two of its pieces a window has no hole but one that another claims, whose segment then stands between.
    if (before?.window === window) before.last = last;
    else segments.push({ first: cuts[i]!, last, window });
  }
  return segments;
}

// Where pieces start, ascending and once each.
function cutsOf(windows: readonly BusWindow[]): BigUint64Array {
  const cuts = new BigUint64Array(windows.length * 2);
  let length = 0;
  for (const { child } of windows) {
    cuts[length++] = child.first;
    if (child.last !== MAX_ADDRESS) cuts[length++] = child.last + 1n;
  }
  const sorted = cuts.subarray(0, length).sort();
  return sorted.filter((cut, i) => i === 0 || cut !== sorted[i - 1]);
}

function positionOf(cuts: BigUint64Array, cut: bigint): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle]! < cut) low = middle + 1;
    else high = middle;
  }
  return low;
}
