import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  type DeviceTree,
  DeviceTreeEncodeError,
  DeviceTreeError,
  type DeviceTreeNode,
  DeviceTreeProperty,
  encodeDeviceTree,
  nodeAt,
  parseDeviceTree,
  propertyOf,
} from "../../src/device-tree/index.ts";
import { arbitraryDamage } from "../oracle/arbitrary-damage.ts";
import { arbitraryTree, plainNode, plainTree } from "../oracle/arbitrary-tree.ts";

// Not a bound on speed: a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 60_000 });

const node = (name: string, children: DeviceTreeNode[] = [], properties: DeviceTreeProperty[] = []) => ({
  name,
  properties,
  children,
});
const treeOf = (root: DeviceTreeNode): DeviceTree => ({ bootCpu: 0, reservations: [], root });
const small = treeOf(
  node(
    "",
    [node("soc", [node("uart@0", [], [DeviceTreeProperty.cells("reg", 0, 4)])])],
    [DeviceTreeProperty.strings("model", "m")],
  ),
);

// The places of a blob's parts, for tests that damage one.
const TOTAL_SIZE = 4;
const STRUCTURE_AT = 8;
const STRINGS_AT = 12;
const RESERVATIONS_AT = 16;
const VERSION_AT = 20;
const COMPATIBLE_AT = 24;
const STRINGS_SIZE = 32;
const STRUCTURE_SIZE = 36;

const damaged = (change: (view: DataView, bytes: Uint8Array) => void, tree = small): Uint8Array => {
  const bytes = encodeDeviceTree(tree);
  change(new DataView(bytes.buffer), bytes);
  return bytes;
};
// A blob of a hand-made structure block and the one property name "reg".
const ofStructureAt = 56;
const ofStructure = (...words: number[]): Uint8Array => {
  const size = ofStructureAt + words.length * 4 + 4;
  const header = [0xd00d_feed, size, ofStructureAt, size - 4, 40, 17, 16, 0, 4, words.length * 4, 0, 0, 0, 0, ...words];
  return Uint8Array.from(
    [...header, 0x7265_6700].flatMap((word) => [word >>> 24, (word >> 16) & 255, (word >> 8) & 255, word & 255]),
  );
};
const failure = (bytes: Uint8Array): [string, number] => {
  try {
    parseDeviceTree(bytes);
  } catch (error) {
    if (error instanceof DeviceTreeError) return [error.code, error.offset];
    throw error;
  }
  return ["none", 0];
};

describe("device tree blobs", () => {
  it("read back what was written", () => {
    fc.assert(
      fc.property(arbitraryTree, (tree) => {
        const bytes = encodeDeviceTree(tree);
        const again = parseDeviceTree(bytes);
        expect(plainTree(again)).toEqual(plainTree(tree));
        expect(encodeDeviceTree(again)).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it("are read inside a larger buffer, and may have bytes after their total size", () => {
    const bytes = encodeDeviceTree(small);
    const larger = new Uint8Array(bytes.length + 64).fill(0xee);
    larger.set(bytes, 16);
    expect(plainNode(parseDeviceTree(larger.subarray(16)).root)).toEqual(plainNode(small.root));
  });

  it("are read in version 16, whose header does not say where the structure ends", () => {
    const bytes = damaged((view) => {
      view.setUint32(VERSION_AT, 16);
      view.setUint32(STRUCTURE_SIZE, 0xffff_ffff);
    });
    expect(plainNode(parseDeviceTree(bytes).root)).toEqual(plainNode(small.root));
  });

  it("may hold NOP tokens", () => {
    const tree = treeOf(node("", [node("a"), node("b")]));
    const bytes = damaged((view) => {
      // Node a is BEGIN "a\0\0\0" END: three words that become NOPs.
      const a = view.getUint32(STRUCTURE_AT) + 8;
      expect(view.getUint32(a)).toBe(1);
      for (let at = a; at < a + 12; at += 4) view.setUint32(at, 4);
    }, tree);
    expect(parseDeviceTree(bytes).root.children.map(({ name }) => name)).toEqual(["b"]);
  });

  it("are looked up by name and path", () => {
    const tree = parseDeviceTree(encodeDeviceTree(small));
    expect(propertyOf(nodeAt(tree, "/soc/uart@0")!, "reg")!.cells()).toEqual([0, 4]);
    expect(nodeAt(tree, "/")).toBe(tree.root);
    expect(nodeAt(tree, "/soc/uart@1/x")).toBeUndefined();
    expect(propertyOf(tree.root, "reg")).toBeUndefined();
  });
});

describe("blobs that are none", () => {
  const bytes = encodeDeviceTree(small);
  const view = new DataView(bytes.buffer);
  const structure = view.getUint32(STRUCTURE_AT);
  const strings = view.getUint32(STRINGS_AT);
  const end = structure + view.getUint32(STRUCTURE_SIZE) - 4;

  it.each<[string, [string, number], Uint8Array]>([
    ["nothing", ["blob-truncated", 0], new Uint8Array()],
    ["half a header", ["blob-truncated", 20], bytes.subarray(0, 20)],
    ["another file", ["bad-magic", 0], new Uint8Array(100).fill(0x20)],
    ["version 3", ["unsupported-version", 20], damaged((v) => v.setUint32(VERSION_AT, 3))],
    ["a later format", ["unsupported-version", 20], damaged((v) => v.setUint32(COMPATIBLE_AT, 18))],
    [
      "more bytes than there are",
      ["blob-truncated", bytes.length],
      damaged((v) => v.setUint32(TOTAL_SIZE, bytes.length + 1)),
    ],
    ["a total size inside the header", ["bad-header", 4], damaged((v) => v.setUint32(TOTAL_SIZE, 39))],
    ["structure inside the header", ["bad-header", 8], damaged((v) => v.setUint32(STRUCTURE_AT, 36))],
    ["structure off its alignment", ["bad-header", 8], damaged((v) => v.setUint32(STRUCTURE_AT, structure - 2))],
    ["structure past the end", ["bad-header", 8], damaged((v) => v.setUint32(STRUCTURE_SIZE, 0xffff_fff0))],
    ["strings past the end", ["bad-header", 12], damaged((v) => v.setUint32(STRINGS_SIZE, 0x1000))],
    ["reservations off their alignment", ["bad-header", 16], damaged((v) => v.setUint32(RESERVATIONS_AT, 44))],
    [
      "reservations without end",
      ["blob-truncated", 40 + 16 * Math.floor((bytes.length - 40) / 16)],
      damaged((v) => v.setUint32(44, 1)),
    ],
    ["an unknown token", ["bad-token", end], damaged((v) => v.setUint32(end, 7))],
    ["no END", ["blob-truncated", end], damaged((v) => v.setUint32(STRUCTURE_SIZE, end - structure))],
    ["END inside a node", ["bad-nesting", end - 4], damaged((v) => v.setUint32(end - 4, 9))],
    ["a node's end too many", ["bad-nesting", end], damaged((v) => v.setUint32(end, 2))],
    ["a second root", ["bad-nesting", ofStructureAt + 12], ofStructure(1, 0, 2, 1, 0, 2, 9)],
    [
      "a property after a child",
      ["bad-nesting", ofStructureAt + 20],
      ofStructure(1, 0, 1, 0x61000000, 2, 3, 0, 0, 2, 9),
    ],
    ["a child without a name", ["bad-name", ofStructureAt + 12], ofStructure(1, 0, 1, 0, 2, 2, 9)],
    ["no root", ["bad-nesting", structure], damaged((v) => v.setUint32(structure, 9))],
    ["a property outside", ["bad-nesting", structure], damaged((v) => v.setUint32(structure, 3))],
    ["a named root", ["bad-name", structure + 4], damaged((_, b) => b.set([0x61], structure + 4))],
    [
      "a property name past the strings",
      ["bad-string-offset", structure + 16],
      damaged((v) => v.setUint32(structure + 16, 0xffff_ffff)),
    ],
    [
      "a property longer than the blob",
      ["blob-truncated", structure + 12],
      damaged((v) => v.setUint32(structure + 12, 0xffff_fffd)),
    ],
    ["a property name of no end", ["blob-truncated", bytes.length], damaged((_, b) => b.fill(0x61, strings))],
    ["a control character in a name", ["bad-name", strings], damaged((_, b) => b.set([0x1b], strings))],
  ])("%s: %s", (_, expected, blob) => {
    expect(failure(blob)).toEqual(expected);
  });

  it("nested more than 64 deep", () => {
    const nested = (depth: number): DeviceTreeNode => node("x", depth === 1 ? [] : [nested(depth - 1)]);
    expect(failure(encodeDeviceTree(treeOf(node("", [nested(63)]))))).toEqual(["none", 0]);
    expect(() => encodeDeviceTree(treeOf(node("", [nested(64)])))).toThrow(
      expect.objectContaining({ code: "too-deep" }),
    );
    const begin = encodeDeviceTree(treeOf(node("", [nested(63)])));
    const at = new DataView(begin.buffer).getUint32(STRUCTURE_AT) + 8 + 63 * 8;
    // The END_NODE of the deepest becomes one more BEGIN_NODE.
    new DataView(begin.buffer).setUint32(at, 1);
    expect(failure(begin)).toEqual(["too-deep", at]);
  });

  it("paths longer than 1,024", () => {
    // Four names of 255 and their slashes are 1,024; one more character is too much.
    const long = "x".repeat(255);
    const path = (...names: string[]) =>
      names.reduceRight<DeviceTreeNode[]>((children, name) => [node(name, children)], []);
    const longest = encodeDeviceTree(treeOf(node("", [...path(long, long, long, long), node(long)])));
    expect(failure(longest)).toEqual(["none", 0]);
    const longer = treeOf(node("", path(long, long, long, long, "y")));
    expect(() => encodeDeviceTree(longer)).toThrow(expect.objectContaining({ code: "path-too-long" }));
    // The same tree by hand: five BEGIN_NODEs with names, then the ends.
    const word = [0x7878_7878, 0x7878_7800];
    const begin = [1, ...new Array<number>(63).fill(word[0]!), word[1]!];
    const blob = ofStructure(1, 0, ...begin, ...begin, ...begin, ...begin, 1, 0x7900_0000, 2, 2, 2, 2, 2, 2, 9);
    expect(failure(blob)).toEqual(["path-too-long", ofStructureAt + 8 + 4 * begin.length * 4]);
  });

  it("every prefix of a blob is an error with a byte inside it", () => {
    for (let length = 0; length < bytes.length; length++) {
      const [code, offset] = failure(bytes.subarray(0, length));
      expect(code).toMatch(length < 4 || length >= 36 ? "blob-truncated" : /blob-truncated|bad-magic/);
      expect(offset).toBeLessThanOrEqual(length);
    }
  });

  it("damaged anywhere, they are read or refused with DeviceTreeError, and nothing else", () => {
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(arbitraryTree, arbitraryDamage, (tree, damage) => {
        const blob = encodeDeviceTree(tree);
        damage(blob);
        const [code, offset] = failure(blob);
        expect(offset).toBeLessThanOrEqual(blob.length);
        outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      }),
      { numRuns: 1000 },
    );
    // Damage that is always refused at the door would test the door alone.
    expect(outcomes.size).toBeGreaterThan(5);
    expect(outcomes.get("none")).toBeGreaterThan(20);
  });

  it("random bytes behind a good header are refused too", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 56, maxLength: 400 }), (noise) => {
        const blob = noise.slice();
        blob.set(encodeDeviceTree(treeOf(node(""))).subarray(0, 40));
        const header = new DataView(blob.buffer);
        header.setUint32(TOTAL_SIZE, blob.length);
        header.setUint32(STRUCTURE_SIZE, (blob.length - 56) & ~3);
        header.setUint32(STRINGS_AT, 40);
        header.setUint32(STRINGS_SIZE, blob.length - 40);
        expect(failure(blob)[0]).not.toBe("none");
      }),
      { numRuns: 500 },
    );
  });
});

describe("trees that no blob can hold", () => {
  it.each<[string, DeviceTree]>([
    ["bad-name", treeOf(node("root"))],
    ["bad-name", treeOf(node("", [node("")]))],
    ["bad-name", treeOf(node("", [node("a/b")]))],
    ["bad-name", treeOf(node("", [node("a b")]))],
    ["bad-name", treeOf(node("", [node("x".repeat(256))]))],
    ["bad-name", treeOf(node("", [], [new DeviceTreeProperty("")]))],
    ["bad-name", treeOf(node("", [], [new DeviceTreeProperty("ü")]))],
    ["bad-reservation", { ...small, reservations: [{ address: 0n, size: 0n }] }],
    ["bad-reservation", { ...small, reservations: [{ address: 2n ** 64n, size: 1n }] }],
    ["bad-boot-cpu", { ...small, bootCpu: -1 }],
  ])("%s", (code, tree) => {
    expect(() => encodeDeviceTree(tree)).toThrow(DeviceTreeEncodeError);
    expect(() => encodeDeviceTree(tree)).toThrow(expect.objectContaining({ code }));
  });
});
