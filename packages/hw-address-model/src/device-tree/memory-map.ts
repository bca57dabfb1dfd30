// What the processor sees: every region that a device tree places in its physical address space, and what it places nowhere.
// Regions come from `reg`, `assigned-addresses`, PCI host windows, memory nodes, /reserved-memory and the reservation block.
import { type Interval, intervalSize, MAX_ADDRESS } from "../interval/index.ts";
import {
  type AddressSpace,
  type Bus,
  busOf,
  hasBaseName,
  isReadable,
  type RangesFaultReason,
  readAddress,
  readNumber,
} from "./bus.ts";
import type { MapEntry, RegionKind, RegionSource } from "./map-entry.ts";
import { findOverlaps, type RegionOverlap } from "./overlap.ts";
import { type DeviceTreeProperty, PropertyError } from "./property.ts";
import { type GapReason, linuxTranslate, type ResolvedPiece, resolve } from "./translate.ts";
import { type DeviceTree, type DeviceTreeNode, propertyOf } from "./tree.ts";

/**
 * Why a region is nowhere: one of resolve's reasons, or `bad-length` the property is no whole number of entries,
 * `unreadable-cells` its bus writes addresses in a form that is not read, `empty` its size is 0 (often for the boot program
 * to fill), `wraps` it passes 2^64 - 1, `dynamic-placement` it has a size and the kernel is to choose the place.
 */
export type UnplacedReason = GapReason | "bad-length" | "unreadable-cells" | "empty" | "wraps" | "dynamic-placement";

/** A region, or a part of one, that has no place in the processor's address space. */
export interface UnplacedRegion {
  /** Where the tree says so. */
  readonly source: RegionSource;
  /** Whether the node and all above it are switched on. */
  readonly enabled: boolean;
  /** Why it is nowhere. */
  readonly reason: UnplacedReason;
  /** The bus where it stops. */
  readonly bus: string;
  /** The addresses on that bus, where they can be read. */
  readonly interval: Interval | undefined;
}

/** A region that Linux, which translates only its start, puts elsewhere than the specification does (address rule 3). */
export interface LinuxDivergence {
  /** Where the tree says so. */
  readonly source: RegionSource;
  /** Whether the node and all above it are switched on. */
  readonly enabled: boolean;
  /** Where Linux puts the region; `undefined` where its start does not translate, or its end passes 2^64 - 1. */
  readonly linux: Interval | undefined;
  /** Where its parts are. */
  readonly resolved: readonly Interval[];
}

/** An entry of a bus's `ranges` that is left out. */
export interface BadRangesEntry {
  /** The node's path. */
  readonly path: string;
  /** The entry's position in `ranges`. */
  readonly index: number;
  /** Why it is left out. */
  readonly reason: RangesFaultReason;
}

/** The processor's view of a device tree. Nothing is invented for addresses that the tree does not mention. */
export interface MemoryMap {
  /** In ascending order of first address, wider regions first. */
  readonly entries: readonly MapEntry[];
  /** Pairs of switched-on entries that should not meet, as positions in `entries`. */
  readonly overlaps: readonly RegionOverlap[];
  /** Whether `overlaps` has all such pairs; false only for trees with many thousands. */
  readonly overlapsComplete: boolean;
  /** Regions, and parts of regions, that are nowhere. */
  readonly unplaced: readonly UnplacedRegion[];
  /** Regions that Linux puts elsewhere. */
  readonly divergences: readonly LinuxDivergence[];
  /** What of any `ranges` is left out. */
  readonly badRanges: readonly BadRangesEntry[];
}

/** A tree with more regions than the map is made for. */
export class MemoryMapError extends Error {
  /** Always `MemoryMapError`. */
  override readonly name = "MemoryMapError";
  /** What was wrong. */
  readonly code = "too-many-regions";
  /** The node at which the limit was passed. */
  readonly path: string;

  constructor(path: string) {
    super(`${path}: the tree's regions take more than ${MAX_STEPS} translation steps; no board has so many`);
    this.path = path;
  }
}

// Entries, their hops, unplaced regions and bad ranges together; the largest boards of Linux stay below 2^14.
const MAX_STEPS = 1 << 17;

/**
 * The processor's view of a device tree. O(bytes + regions log regions).
 *
 * @throws MemoryMapError when the regions and their translation hops are more than 131,072.
 */
export function memoryMap(tree: DeviceTree): MemoryMap {
  return new MemoryMapReader().read(tree);
}

/** What is the same for every region of one node. */
interface Owner {
  readonly node: DeviceTreeNode;
  readonly path: string;
  readonly bus: Bus;
  readonly kind: RegionKind;
  readonly enabled: boolean;
  readonly compatible: readonly string[];
  readonly regNames: readonly string[];
}

class MemoryMapReader {
  readonly #entries: MapEntry[] = [];
  readonly #unplaced: UnplacedRegion[] = [];
  readonly #divergences: LinuxDivergence[] = [];
  readonly #badRanges: BadRangesEntry[] = [];
  #steps = 0;

  read(tree: DeviceTree): MemoryMap {
    this.#readReservations(tree);
    const root = busOf(tree.root, "/", undefined);
    for (const child of tree.root.children) this.#readNode(child, `/${child.name}`, root, true);
    const entries = this.#entries.sort(
      (a, b) => ascending(a.interval.first, b.interval.first) || ascending(b.interval.last, a.interval.last),
    );
    return {
      entries,
      ...findOverlaps(entries),
      unplaced: this.#unplaced,
      divergences: this.#divergences,
      badRanges: this.#badRanges,
    };
  }

  #readReservations(tree: DeviceTree): void {
    tree.reservations.forEach(({ address, size }, index) => {
      const source = { path: "/", property: "memreserve", index } as const;
      const last = address + size - 1n;
      if (size === 0n || last > MAX_ADDRESS) {
        const reason = size === 0n ? "empty" : "wraps";
        this.#miss({ source, enabled: true, reason, bus: "/", interval: undefined });
        return;
      }
      this.#add({
        interval: { first: address, last },
        kind: "reserved",
        name: "/memreserve/",
        regName: undefined,
        compatible: [],
        enabled: true,
        space: "memory",
        source,
        offset: 0n,
        hops: [],
      });
    });
  }

  #readNode(node: DeviceTreeNode, path: string, bus: Bus, parentEnabled: boolean): void {
    const enabled = parentEnabled && isEnabled(node);
    const addresses = bus.kind === "pci" ? "assigned-addresses" : "reg";
    const regions = propertyOf(node, addresses);
    const kind = kindOf(node, path, bus);
    if (regions !== undefined && bus.sizeCells !== 0) {
      const compatible = stringsOf(node, "compatible");
      const owner = { node, path, bus, kind, enabled, compatible, regNames: stringsOf(node, "reg-names") };
      this.#readRegions(owner, regions, addresses);
    } else if (kind === "reserved" && regions === undefined && propertyOf(node, "size") !== undefined) {
      const source = { path, property: "reg", index: 0 } as const;
      this.#miss({ source, enabled, reason: "dynamic-placement", bus: bus.path, interval: undefined });
    }
    if (node.children.length === 0 && propertyOf(node, "ranges") === undefined) return;
    const own = busOf(node, path, bus);
    this.#count(path, own.faults.length);
    for (const { index, reason } of own.faults) this.#badRanges.push({ path, index, reason });
    if (own.kind === "pci" && bus.kind !== "pci") this.#readHostWindows(node, own, bus, enabled);
    for (const child of node.children) this.#readNode(child, `${path}/${child.name}`, own, enabled);
  }

  #readRegions(owner: Owner, property: DeviceTreeProperty, name: "reg" | "assigned-addresses"): void {
    const { path, bus, enabled } = owner;
    const unplaced = (index: number, reason: UnplacedReason, interval?: Interval): void => {
      const source = { path, property: name, index };
      this.#miss({ source, enabled, reason, bus: bus.path, interval });
    };
    if (!isReadable(bus)) {
      unplaced(0, "unreadable-cells");
      return;
    }
    const cells = bus.addressCells + bus.sizeCells;
    const count = property.length / (cells * 4);
    if (count === 0 || !Number.isInteger(count)) {
      unplaced(0, "bad-length");
      return;
    }
    for (let index = 0; index < count; index++) {
      const { space, address } = readAddress(property, index * cells, bus);
      const size = readNumber(property, index * cells + bus.addressCells, bus.sizeCells);
      if (size === 0n) unplaced(index, "empty");
      else if (address + size - 1n > MAX_ADDRESS) unplaced(index, "wraps");
      else {
        const source = { path, property: name, index };
        const region = { first: address, last: address + size - 1n };
        const pieces = this.#place(owner, source, bus, space, region, "memory");
        this.#compareWithLinux(source, enabled, linuxTranslate(bus, space, address), size, pieces);
      }
    }
  }

  #readHostWindows(node: DeviceTreeNode, own: Bus, bus: Bus, enabled: boolean): void {
    const { path } = own;
    const compatible = stringsOf(node, "compatible");
    const owner = { node, path, bus, kind: "window", enabled, compatible, regNames: [] } as const;
    for (const { index, space, child, parentSpace, parentFirst } of own.windows) {
      const region = { first: parentFirst, last: parentFirst + child.last - child.first };
      this.#place(owner, { path, property: "ranges", index }, bus, parentSpace, region, space);
    }
  }

  #place(
    owner: Owner,
    source: RegionSource,
    bus: Bus,
    busSpace: AddressSpace,
    region: Interval,
    space: AddressSpace,
  ): readonly ResolvedPiece[] {
    const { pieces, gaps } = resolve(bus, busSpace, region);
    const { node, kind, compatible, enabled, regNames } = owner;
    const regName = regNames[source.index];
    for (const { offset, interval, hops } of pieces) {
      this.#add({ interval, kind, name: node.name, regName, compatible, enabled, space, source, offset, hops });
    }
    for (const { interval, bus: at, reason } of gaps) this.#miss({ source, enabled, reason, bus: at, interval });
    return pieces;
  }

  #compareWithLinux(
    source: RegionSource,
    enabled: boolean,
    start: bigint | undefined,
    size: bigint,
    pieces: readonly ResolvedPiece[],
  ): void {
    const last = start === undefined ? MAX_ADDRESS : start + size - 1n;
    const linux = start === undefined || last > MAX_ADDRESS ? undefined : { first: start, last };
    // The same place in several pieces, through windows that continue each other, is no divergence.
    let covered = 0n;
    for (const { offset, interval } of pieces) {
      if (offset !== covered || start === undefined || interval.first !== start + offset) break;
      covered += intervalSize(interval);
    }
    if (covered === size || (linux === undefined && pieces.length === 0)) return;
    this.#divergences.push({ source, enabled, linux, resolved: pieces.map(({ interval }) => interval) });
  }

  #add(entry: MapEntry): void {
    this.#count(entry.source.path, 1 + entry.hops.length);
    this.#entries.push(entry);
  }

  #miss(region: UnplacedRegion): void {
    this.#count(region.source.path, 1);
    this.#unplaced.push(region);
  }

  #count(path: string, steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new MemoryMapError(path);
  }
}

function kindOf(node: DeviceTreeNode, path: string, bus: Bus): RegionKind {
  if (path.startsWith("/reserved-memory/") || path.startsWith("/chosen/")) return "reserved";
  const type = propertyOf(node, "device_type");
  if (type?.isString("memory")) return "memory";
  // The specification wants device_type on memory nodes; trees written without it are read by the name.
  const isMemoryNode = bus.parent === undefined && hasBaseName(node, "memory");
  return isMemoryNode ? "memory" : "device";
}

function isEnabled(node: DeviceTreeNode): boolean {
  const status = propertyOf(node, "status");
  return status === undefined || status.isString("okay") || status.isString("ok");
}

// Each entry of a node repeats its labels, so a list of them that no board has is not taken over.
const MAX_LABELS = 2048;

// A label that is no text is no reason to refuse a map of addresses.
function stringsOf(node: DeviceTreeNode, name: string): readonly string[] {
  const property = propertyOf(node, name);
  if (property === undefined || property.length > MAX_LABELS) return [];
  try {
    return property.strings();
  } catch (error) {
    if (error instanceof PropertyError) return [];
    throw error;
  }
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
