// The device tree compiler as a second reader and writer of blobs.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type DeviceTreeNode, encodeDeviceTree, parseDeviceTree } from "../../src/device-tree/index.ts";
import { arbitraryTree, plainTree } from "../oracle/arbitrary-tree.ts";
import { needs, run } from "./installed.ts";

// Not a bound on speed: a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 60_000 });

const FLAGS = ["-q", "-q", "-f"];

// dtc refuses equal names beside each other, and judges what follows an @.
const forDtc = (node: DeviceTreeNode, name = ""): DeviceTreeNode => ({
  name,
  properties: node.properties.filter(({ name }, i, all) => all.findIndex((other) => other.name === name) === i),
  children: node.children.map((child, i) => forDtc(child, `n${i}-${child.name.replaceAll("@", "-")}`.slice(0, 31))),
});

describe("dtc", () => {
  it("reads the trees we write, and writes trees that we read as the same", (context) => {
    needs(context, "dtc", "device-tree-compiler");
    for (const tree of fc.sample(arbitraryTree, { numRuns: 25, seed: 17 })) {
      // dtc ends the reservation block at the first size of 0; the specification, and we, at an entry that is all zero.
      const reservations = tree.reservations.filter(({ size }) => size !== 0n);
      const ours = { ...tree, reservations, root: forDtc(tree.root) };
      const theirs = run("dtc", [...FLAGS, "-I", "dtb", "-O", "dtb", "-"], encodeDeviceTree(ours));
      const again = parseDeviceTree(theirs);
      // dtc sets the boot processor from the tree and not from the header, unless told.
      expect(plainTree({ ...again, bootCpu: ours.bootCpu })).toEqual(plainTree(ours));
    }
  });

  it("compiles a source whose blob, in both versions, we read as written", (context) => {
    needs(context, "dtc", "device-tree-compiler");
    const source = `/dts-v1/;
      /memreserve/ 0x80000000 0x10000;
      / {
        #address-cells = <2>; #size-cells = <1>; model = "a board"; empty;
        soc { compatible = "simple-bus", "acme,soc"; ranges = <0x0 0x1 0x0 0x1000>; raw = [01 02 03]; };
      };`;
    for (const version of ["16", "17"]) {
      const blob = run("dtc", [...FLAGS, "-I", "dts", "-O", "dtb", "-V", version, "-"], source);
      const { reservations, root } = parseDeviceTree(blob);
      expect(reservations).toEqual([{ address: 0x8000_0000n, size: 0x1_0000n }]);
      const [addressCells, sizeCells, model, empty] = root.properties;
      expect([addressCells!.u32(), sizeCells!.u32(), model!.string(), empty!.length]).toEqual([2, 1, "a board", 0]);
      const [compatible, ranges, raw] = root.children[0]!.properties;
      expect(compatible!.strings()).toEqual(["simple-bus", "acme,soc"]);
      expect(ranges!.cells()).toEqual([0, 1, 0, 0x1000]);
      expect([...raw!.value]).toEqual([1, 2, 3]);
    }
  });
});
