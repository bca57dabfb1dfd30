// Random device trees of any names and bytes, and a form of them that plain equality compares.
import fc from "fast-check";
import { type DeviceTree, type DeviceTreeNode, DeviceTreeProperty } from "../../src/device-tree/index.ts";

const characters = (allowed: string) => fc.string({ unit: fc.constantFrom(...allowed), minLength: 1, maxLength: 40 });
const nodeName = characters("abcxyz019,._+-@");
const propertyName = characters("abcxyz019,._+?#/-");
const property = fc
  .tuple(propertyName, fc.uint8Array({ maxLength: 40 }))
  .map(([name, value]) => new DeviceTreeProperty(name, value));

const nodeOf = (depth: number): fc.Arbitrary<DeviceTreeNode> =>
  fc.record({
    name: nodeName,
    properties: fc.array(property, { maxLength: 5 }),
    children: depth === 0 ? fc.constant([]) : fc.array(nodeOf(depth - 1), { maxLength: 3 }),
  });

const u64 = fc.bigInt(0n, 2n ** 64n - 1n);

/** Any tree that a blob can hold. */
export const arbitraryTree: fc.Arbitrary<DeviceTree> = fc.record({
  bootCpu: fc.nat(0xffff_ffff),
  reservations: fc.array(
    fc.record({ address: u64, size: u64 }).filter(({ address, size }) => (address | size) !== 0n),
    { maxLength: 4 },
  ),
  root: nodeOf(4).map((root) => ({ ...root, name: "" })),
});

interface PlainNode {
  name: string;
  properties: [string, number[]][];
  children: PlainNode[];
}

/** A node as names and numbers. */
export function plainNode(from: DeviceTreeNode): PlainNode {
  return {
    name: from.name,
    properties: from.properties.map(({ name, value }) => [name, [...value]]),
    children: from.children.map(plainNode),
  };
}

/** A tree as names and numbers. */
export function plainTree({ bootCpu, reservations, root }: DeviceTree) {
  return { bootCpu, reservations, root: plainNode(root) };
}
