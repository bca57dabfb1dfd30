// The device tree as a value: what a blob says, before any of it is interpreted (Devicetree Specification 2.2).
import type { DeviceTreeProperty } from "./property.ts";

/** A physical region of memory that the boot program must not overwrite, from the blob's reservation block. */
export interface MemoryReservation {
  /** The first physical address. */
  readonly address: bigint;
  /** In bytes. */
  readonly size: bigint;
}

/** A node: its name with unit address (the root's is empty), its properties and its children in file order. */
export interface DeviceTreeNode {
  /** With unit address, such as `serial@9000000`; empty for the root. */
  readonly name: string;
  /** In file order. */
  readonly properties: readonly DeviceTreeProperty[];
  /** In file order. */
  readonly children: readonly DeviceTreeNode[];
}

/** A whole device tree. */
export interface DeviceTree {
  /** The physical id of the processor that boots. */
  readonly bootCpu: number;
  /** The reservation block, in order. */
  readonly reservations: readonly MemoryReservation[];
  /** The root node. */
  readonly root: DeviceTreeNode;
}

/** A node's property by name, the first if the name is there twice; `undefined` if it is not. O(properties). */
export function propertyOf(node: DeviceTreeNode, name: string): DeviceTreeProperty | undefined {
  for (const property of node.properties) if (property.name === name) return property;
  return undefined;
}

/** The node at an absolute path such as `/soc/serial@9000000`, or `undefined`; `/` is the root. */
export function nodeAt(tree: DeviceTree, path: string): DeviceTreeNode | undefined {
  let node: DeviceTreeNode | undefined = tree.root;
  for (const name of path.split("/")) {
    if (name !== "") node = node?.children.find((child) => child.name === name);
  }
  return node;
}
