// A board as plain numbers, before any encoding: the oracle's side of the device tree tests.
// `toDeviceTree` writes it as cells by its own code; `pointTranslate` follows one address, as the specification reads.
import { type DeviceTree, type DeviceTreeNode, DeviceTreeProperty } from "../../src/device-tree/index.ts";

export type Space = "memory" | "io" | "config";
/** A PCI bus has `pci` and 3 address cells, 2 size cells; other buses have memory alone. */
export interface BusSpec {
  pci: boolean;
  addressCells: number;
  sizeCells: number;
  /** Missing, empty, or entries. */
  ranges: "missing" | "empty" | WindowSpec[];
}
export interface WindowSpec {
  space: Space;
  child: bigint;
  parentSpace: Space;
  parent: bigint;
  size: bigint;
}
export interface RegionSpec {
  space: Space;
  address: bigint;
  size: bigint;
}
/** A node with regions in its parent's space, which is itself a bus. */
export interface NodeSpec extends BusSpec {
  regions: RegionSpec[];
  children: NodeSpec[];
}

const LIMIT = 2n ** 64n;
const PCI_CODES: Record<Space, number> = { config: 0, io: 0x0100_0000, memory: 0x0200_0000 };

/** Where one address on the innermost of `buses` (root last) is for the processor, or `undefined`. */
export function pointTranslate(buses: readonly BusSpec[], space: Space, address: bigint): bigint | undefined {
  const [bus, ...outer] = buses;
  if (bus === undefined) return undefined;
  if (!bus.pci && space !== "memory") return undefined;
  if (outer.length === 0) return address;
  if (bus.ranges === "missing") return undefined;
  if (bus.ranges === "empty") return pointTranslate(outer, space, address);
  for (const window of bus.ranges) {
    const wraps = window.child + window.size > LIMIT || window.parent + window.size > LIMIT;
    const inside = window.space === space && window.child <= address && address < window.child + window.size;
    if (inside && !wraps) return pointTranslate(outer, window.parentSpace, window.parent + address - window.child);
  }
  return undefined;
}

/** The first entry that matches an address on a bus, or -1. */
export function firstMatch(bus: BusSpec, space: Space, address: bigint): number {
  if (typeof bus.ranges === "string") return -1;
  return bus.ranges.findIndex(
    (window) =>
      window.child + window.size <= LIMIT &&
      window.parent + window.size <= LIMIT &&
      window.space === space &&
      window.child <= address &&
      address < window.child + window.size,
  );
}

const numberCells = (value: bigint, cells: number): number[] =>
  cells === 0 ? [] : cells === 1 ? [Number(value)] : [Number(value >> 32n), Number(value % 2n ** 32n)];

const addressCells = (bus: BusSpec, space: Space, address: bigint): number[] =>
  bus.pci ? [PCI_CODES[space], ...numberCells(address, 2)] : numberCells(address, bus.addressCells);

function toNode(spec: NodeSpec, name: string, parent: NodeSpec | undefined): DeviceTreeNode {
  const properties = [
    DeviceTreeProperty.cells("#address-cells", spec.addressCells),
    DeviceTreeProperty.cells("#size-cells", spec.sizeCells),
  ];
  if (spec.pci) properties.push(DeviceTreeProperty.strings("device_type", "pci"));
  if (parent !== undefined && spec.regions.length > 0) {
    const cells = spec.regions.flatMap(({ space, address, size }) => [
      ...addressCells(parent, space, address),
      ...numberCells(size, parent.sizeCells),
    ]);
    properties.push(DeviceTreeProperty.cells(parent.pci ? "assigned-addresses" : "reg", ...cells));
  }
  if (parent !== undefined && spec.ranges !== "missing") {
    const windows = spec.ranges === "empty" ? [] : spec.ranges;
    const cells = windows.flatMap(({ space, child, parentSpace, parent: to, size }) => [
      ...addressCells(spec, space, child),
      ...addressCells(parent, parentSpace, to),
      ...numberCells(size, spec.sizeCells),
    ]);
    properties.push(DeviceTreeProperty.cells("ranges", ...cells));
  }
  return { name, properties, children: spec.children.map((child, i) => toNode(child, `node@${i}`, spec)) };
}

/** The board as a device tree; child i of a node is called `node@i`. */
export function toDeviceTree(root: NodeSpec): DeviceTree {
  return { bootCpu: 0, reservations: [], root: toNode(root, "", undefined) };
}

/** Every node but the root, with its path and the buses its regions are on, innermost first. */
export function* nodesOf(
  bus: NodeSpec,
  outer: readonly NodeSpec[] = [],
  path = "",
): Generator<{ node: NodeSpec; path: string; buses: readonly NodeSpec[] }> {
  for (const [i, node] of bus.children.entries()) {
    const at = `${path}/node@${i}`;
    yield { node, path: at, buses: [bus, ...outer] };
    yield* nodesOf(node, [bus, ...outer], at);
  }
}
