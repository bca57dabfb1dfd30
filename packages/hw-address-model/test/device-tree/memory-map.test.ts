import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  type DeviceTree,
  DeviceTreeError,
  type DeviceTreeNode,
  DeviceTreeProperty,
  encodeDeviceTree,
  type MapEntry,
  MemoryMapError,
  type MemoryReservation,
  memoryMap,
  memoryMapToJson,
  parseDeviceTree,
} from "../../src/device-tree/index.ts";
import { formatInterval } from "../../src/interval/index.ts";
import { arbitraryBoard } from "../oracle/arbitrary-board.ts";
import { arbitraryDamage } from "../oracle/arbitrary-damage.ts";
import { toDeviceTree } from "../oracle/board.ts";
import { overlapsOf } from "../oracle/pairwise-overlaps.ts";

// Not a bound on speed: a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 60_000 });

type Value = readonly number[] | string | readonly string[] | true;

// A node from plain values: numbers are cells, texts are strings, `true` is a flag.
const node = (name: string, values: Record<string, Value>, ...children: DeviceTreeNode[]): DeviceTreeNode => ({
  name,
  properties: Object.entries(values).map(([key, value]) =>
    value === true
      ? new DeviceTreeProperty(key)
      : typeof value === "string"
        ? DeviceTreeProperty.strings(key, value)
        : typeof value[0] === "string"
          ? DeviceTreeProperty.strings(key, ...(value as string[]))
          : DeviceTreeProperty.cells(key, ...(value as number[])),
  ),
  children,
});
const one = { "#address-cells": [1], "#size-cells": [1] };
const two = { "#address-cells": [2], "#size-cells": [2] };
const mapOf = (root: DeviceTreeNode, reservations: MemoryReservation[] = []) =>
  memoryMap(parseDeviceTree(encodeDeviceTree({ bootCpu: 0, reservations, root })));
const lines = (entries: readonly MapEntry[]) =>
  entries.map(
    ({ interval, kind, source }) =>
      `${formatInterval(interval)} ${kind} ${source.path} ${source.property}[${source.index}]`,
  );
const misses = (map: ReturnType<typeof mapOf>) =>
  map.unplaced.map(({ source, reason, bus }) => `${source.path} ${source.property}[${source.index}] ${reason} ${bus}`);

describe("memory map", () => {
  it("lists memory, devices, windows and reservations where the processor sees them", () => {
    const map = mapOf(
      node(
        "",
        two,
        node("memory@80000000", { device_type: "memory", reg: [0, 0x8000_0000, 0, 0x4000_0000, 1, 0, 0, 0x4000_0000] }),
        node(
          "reserved-memory",
          { ...two, ranges: true },
          node("secure@bff00000", { reg: [0, 0xbff0_0000, 0, 0x10_0000], "no-map": true }),
          node("pool", { size: [0, 0x10_0000] }),
        ),
        node("chosen", { ...two, ranges: true }, node("framebuffer@bf000000", { reg: [0, 0xbf00_0000, 0, 0x1000] })),
        node("cpus", { "#address-cells": [1], "#size-cells": [0] }, node("cpu@0", { reg: [0] })),
        node(
          "soc",
          { ...one, ranges: [0x7e00_0000, 0, 0xfe00_0000, 0x100_0000] },
          node("uart@7e201000", {
            compatible: ["acme,uart", "arm,pl011"],
            reg: [0x7e20_1000, 0x200, 0x7e30_0000, 0x10],
            "reg-names": ["main", "wake"],
            status: "disabled",
          }),
        ),
      ),
      [{ address: 0x8000_0000n, size: 0x1000n }],
    );
    expect(lines(map.entries)).toEqual([
      "0x80000000-0xbfffffff memory /memory@80000000 reg[0]",
      "0x80000000-0x80000fff reserved / memreserve[0]",
      "0xbf000000-0xbf000fff reserved /chosen/framebuffer@bf000000 reg[0]",
      "0xbff00000-0xbfffffff reserved /reserved-memory/secure@bff00000 reg[0]",
      "0xfe201000-0xfe2011ff device /soc/uart@7e201000 reg[0]",
      "0xfe300000-0xfe30000f device /soc/uart@7e201000 reg[1]",
      "0x100000000-0x13fffffff memory /memory@80000000 reg[1]",
    ]);
    expect(map.entries[5]).toEqual({
      interval: { first: 0xfe30_0000n, last: 0xfe30_000fn },
      kind: "device",
      name: "uart@7e201000",
      regName: "wake",
      compatible: ["acme,uart", "arm,pl011"],
      enabled: false,
      space: "memory",
      source: { path: "/soc/uart@7e201000", property: "reg", index: 1 },
      offset: 0n,
      hops: [
        {
          bus: "/soc",
          entry: 0,
          space: "memory",
          from: { first: 0x7e30_0000n, last: 0x7e30_000fn },
          to: { first: 0xfe30_0000n, last: 0xfe30_000fn },
        },
      ],
    });
    expect(misses(map)).toEqual(["/reserved-memory/pool reg[0] dynamic-placement /reserved-memory"]);
    expect([map.overlaps, map.divergences, map.badRanges]).toEqual([[], [], []]);
  });

  it("reads PCI: host windows by space, assigned addresses through them, never a configuration address", () => {
    const bridge = node(
      "pcie@40000000",
      {
        device_type: "pci",
        reg: [0x4000_0000, 0x1000_0000],
        // I/O at 0, 32-bit memory at 0x10000000, prefetchable 64-bit memory at 0x8_00000000, which this CPU sees low.
        ranges: [
          [0x0100_0000, 0, 0, 0x3eff_0000, 0, 0x1_0000],
          [0x0200_0000, 0, 0x1000_0000, 0x1000_0000, 0, 0x2000_0000],
          [0x4300_0000, 8, 0, 0x6000_0000, 0, 0x1000_0000],
        ].flat(),
      },
      node("net@1,0", {
        reg: [0x0800, 0, 0, 0, 0],
        "assigned-addresses": [
          // BAR 0: 32-bit memory; BAR 1: I/O; BAR 2: 64-bit memory, named by a 32-bit code all the same; BAR 3: nowhere.
          [0x8200_0810, 0, 0x1000_0000, 0, 0x4000],
          [0x8100_0814, 0, 0x1000, 0, 0x20],
          [0x8200_0818, 8, 0x1_0000, 0, 0x1000],
          [0x8100_081c, 0, 0x1000_0000, 0, 0x20],
        ].flat(),
      }),
      node(
        "bridge@2,0",
        { device_type: "pci", reg: [0x1000, 0, 0, 0, 0], ranges: true },
        node("nvme@0,0", {
          "assigned-addresses": [0x8200_0010, 0, 0x1800_0000, 0, 0x4000],
        }),
      ),
    );
    const map = mapOf(node("", one, bridge));
    expect(map.entries.map((entry, i) => `${lines([entry])} ${map.entries[i]!.space}`)).toEqual([
      "0x10000000-0x2fffffff window /pcie@40000000 ranges[1] memory",
      "0x10000000-0x10003fff device /pcie@40000000/net@1,0 assigned-addresses[0] memory",
      "0x18000000-0x18003fff device /pcie@40000000/bridge@2,0/nvme@0,0 assigned-addresses[0] memory",
      "0x3eff0000-0x3effffff window /pcie@40000000 ranges[0] io",
      "0x3eff1000-0x3eff101f device /pcie@40000000/net@1,0 assigned-addresses[1] memory",
      "0x40000000-0x4fffffff device /pcie@40000000 reg[0] memory",
      "0x60000000-0x6fffffff window /pcie@40000000 ranges[2] memory",
      "0x60010000-0x60010fff device /pcie@40000000/net@1,0 assigned-addresses[2] memory",
    ]);
    expect(misses(map)).toEqual(["/pcie@40000000/net@1,0 assigned-addresses[3] outside-windows /pcie@40000000"]);
    expect(map.overlaps).toEqual([]);
  });

  it("says why a region is nowhere", () => {
    const map = mapOf(
      node(
        "",
        one,
        node("flash@0", { reg: [0, 0x100] }, node("partitions", one, node("boot@0", { reg: [0, 0x10] }))),
        node("odd@1", { reg: [1, 2, 3] }),
        node("nothing@2", { reg: true }),
        node("empty@3", { reg: [3, 0] }),
        node("wide", { "#address-cells": [4], "#size-cells": [1] }, node("a@0", { reg: [0, 0, 0, 0, 1] })),
        node("bad-cells", { "#address-cells": [1, 1], "#size-cells": [1], ranges: true }, node("a@0", { reg: [0, 1] })),
        node("high", { ...two, ranges: true }, node("a@0", { reg: [0xffff_ffff, 0xffff_ffff, 0, 2] })),
        node("soc", { ...one, ranges: [0, 0x1000, 0x100] }, node("out@200", { reg: [0x200, 4] })),
        node("defaults", { ranges: [0, 0, 0x5000, 0x100] }, node("dev@10", { reg: [0, 0x10, 0x10] })),
        node(
          "pci@4",
          { device_type: "pci", ranges: true },
          node("io@0", { "assigned-addresses": [0x8100_0000, 0, 0, 0, 4] }),
        ),
      ),
      [{ address: 5n, size: 0n }],
    );
    expect(misses(map)).toEqual([
      "/ memreserve[0] empty /",
      "/flash@0/partitions/boot@0 reg[0] no-ranges /flash@0/partitions",
      "/odd@1 reg[0] bad-length /",
      "/nothing@2 reg[0] bad-length /",
      "/empty@3 reg[0] empty /",
      "/wide/a@0 reg[0] unreadable-cells /wide",
      "/bad-cells/a@0 reg[0] unreadable-cells /bad-cells",
      "/high/a@0 reg[0] wraps /high",
      "/soc/out@200 reg[0] outside-windows /soc",
      "/pci@4/io@0 assigned-addresses[0] space-mismatch /",
    ]);
    // Without #address-cells and #size-cells a bus has 2 and 1.
    expect(lines(map.entries)).toContain("0x5010-0x501f device /defaults/dev@10 reg[0]");
  });

  it("leaves out entries of ranges that cannot be, and says which", () => {
    const map = mapOf(
      node(
        "",
        two,
        node(
          "soc",
          {
            ...one,
            ranges: [
              [0, 0xffff_ffff, 0xffff_f000, 0x2000],
              [0, 0, 0x1000, 0x100],
              [1, 2],
            ].flat(),
          },
          node("dev@0", { reg: [0, 4] }),
        ),
      ),
    );
    expect(map.badRanges).toEqual([
      { path: "/soc", index: 0, reason: "ranges-wraps" },
      { path: "/soc", index: 2, reason: "ranges-length" },
    ]);
    expect(lines(map.entries)).toEqual(["0x1000-0x1003 device /soc/dev@0 reg[0]"]);
    expect(map.entries[0]!.hops[0]!.entry).toBe(1);
  });

  it("switches a node off with its parent", () => {
    const inner = node("dev@0", { reg: [0, 1], status: "okay" });
    const map = mapOf(node("", one, node("soc", { ...one, ranges: true, status: "disabled" }, inner)));
    expect(map.entries.map(({ enabled }) => enabled)).toEqual([false]);
  });
});

describe("overlaps", () => {
  const device = (name: string, first: number, size: number, ...children: DeviceTreeNode[]) =>
    node(name, { ...one, ranges: true, reg: [first, size] }, ...children);
  const overlaps = (...children: DeviceTreeNode[]) => {
    const map = mapOf(node("", one, ...children));
    return map.overlaps.map(
      ({ first, second, relation, interval }) =>
        `${map.entries[first]!.name} ${map.entries[second]!.name} ${relation} ${formatInterval(interval)}`,
    );
  };
  const memory = node("memory@0", { device_type: "memory", reg: [0, 0x1000] });
  const reserved = (...children: DeviceTreeNode[]) => node("reserved-memory", { ...one, ranges: true }, ...children);

  it("are equal, inside or across", () => {
    expect(overlaps(device("a", 0, 0x10), device("b", 0, 0x10), device("c", 8, 4), device("d", 0xf, 2))).toEqual([
      "a b equal 0x0-0xf",
      "a c inside 0x8-0xb",
      "b c inside 0x8-0xb",
      "a d across 0xf",
      "b d across 0xf",
    ]);
  });

  it("are not what touches, is switched off, or is nested as boards mean it", () => {
    expect(overlaps(device("a", 0, 0x10), device("b", 0x10, 0x10))).toEqual([]);
    expect(overlaps(device("a", 0, 0x10), node("b", { reg: [0, 0x10], status: "disabled" }))).toEqual([]);
    expect(overlaps(device("syscon", 0, 0x100, device("clock", 0x10, 0x10)))).toEqual([]);
    expect(overlaps(memory, reserved(node("r@0", { reg: [0, 0x10] })))).toEqual([]);
  });

  it("are children that leave their parent, reservations that meet, and devices in memory", () => {
    expect(overlaps(device("syscon", 0, 0x100, device("clock", 0xf8, 0x10)))).toEqual([
      "syscon clock across 0xf8-0xff",
    ]);
    expect(overlaps(reserved(node("r@0", { reg: [0, 0x10] }), node("s@8", { reg: [8, 0x10] })))).toEqual([
      "r@0 s@8 across 0x8-0xf",
    ]);
    expect(overlaps(memory, device("uart", 0x800, 0x10))).toEqual(["memory@0 uart inside 0x800-0x80f"]);
    expect(overlaps(reserved(node("r@0", { reg: [0, 0x10] })), device("uart", 8, 4))).toEqual([
      "r@0 uart inside 0x8-0xb",
    ]);
    // A bus of the same prefix is no ancestor.
    expect(overlaps(device("bus", 0, 0x100), device("bus2", 0x10, 0x10))).toEqual(["bus bus2 inside 0x10-0x1f"]);
  });

  it("are all pairs that a comparison of each with each finds", () => {
    let found = 0;
    fc.assert(
      fc.property(arbitraryBoard, (board) => {
        const { entries, overlaps, overlapsComplete } = memoryMap(toDeviceTree(board));
        expect(overlapsComplete).toBe(true);
        const pairs = overlaps.map(({ first, second, interval }) => ({ first, second, interval }));
        expect(pairs).toEqual(overlapsOf(entries));
        found += pairs.length;
      }),
      { numRuns: 200 },
    );
    expect(found).toBeGreaterThan(200);
  });
});

describe("hostile trees", () => {
  it("that multiply pieces by nested windows stay bounded", () => {
    // Each level has 200 windows of two bytes in reverse order: three levels cut a region everywhere.
    const windows = Array.from({ length: 200 }, (_, i) => [i * 2, (199 - i) * 2, 2]).flat();
    const level = (...children: DeviceTreeNode[]) => node("bus", { ...one, ranges: windows }, ...children);
    const regions = Array.from({ length: 3000 }, () => [0, 400]).flat();
    const root = node("", one, level(level(level(node("dev", { reg: regions })))));
    expect(() => memoryMap({ bootCpu: 0, reservations: [], root })).toThrow(MemoryMapError);
    const small = node("", one, level(level(level(node("dev", { reg: [0, 400] })))));
    expect(memoryMap({ bootCpu: 0, reservations: [], root: small }).entries.length).toBe(200);
  });

  it("give up a region of too many pieces, and say so", () => {
    const windows = Array.from({ length: 2000 }, (_, i) => [i * 2, i * 4, 1]).flat();
    const map = mapOf(node("", one, node("bus", { ...one, ranges: windows }, node("dev", { reg: [0, 4000] }))));
    expect(map.entries.length).toBe(1024);
    expect(map.unplaced.at(-1)!.reason).toBe("too-fragmented");
  });

  it("of many equal regions do not cost a comparison of each with each", () => {
    const regions = Array.from({ length: 20_000 }, () => [0, 4]).flat();
    const map = mapOf(node("", one, node("dev", { reg: regions })));
    expect(map.entries.length).toBe(20_000);
    expect(map.overlapsComplete).toBe(false);
    // Nor where every pair is meant, and none is reported.
    const reservations = Array.from({ length: 5000 }, () => ({ address: 0n, size: 4n }));
    const { overlaps, overlapsComplete } = mapOf(node("", one), reservations);
    expect([overlaps, overlapsComplete]).toEqual([[], false]);
  });

  it("do not multiply long labels or bad ranges", () => {
    const long = node("dev", { reg: [0, 1, 2, 1], compatible: ["x".repeat(5000)] });
    expect(mapOf(node("", one, long)).entries.map(({ compatible }) => compatible)).toEqual([[], []]);
    const wrapping = Array.from({ length: 140_000 }, () => [0, 0xffff_ffff, 0xffff_ffff, 2]).flat();
    const bus = node("bus", one);
    const view = new DataView(new ArrayBuffer(wrapping.length * 4));
    for (const [i, cell] of wrapping.entries()) view.setUint32(i * 4, cell);
    const ranges = new Uint8Array(view.buffer);
    const bad = { ...bus, properties: [...bus.properties, new DeviceTreeProperty("ranges", ranges)] };
    expect(() => mapOf(node("", two, bad))).toThrow(MemoryMapError);
  });

  it("damaged anywhere, give a map or DeviceTreeError or MemoryMapError, and JSON", () => {
    let mapped = 0;
    fc.assert(
      fc.property(arbitraryBoard, arbitraryDamage, (board, damage) => {
        const blob = encodeDeviceTree(toDeviceTree(board));
        damage(blob);
        try {
          JSON.stringify(memoryMapToJson(memoryMap(parseDeviceTree(blob))));
          mapped++;
        } catch (error) {
          if (!(error instanceof DeviceTreeError || error instanceof MemoryMapError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
    expect(mapped).toBeGreaterThan(100);
  });
});

describe("JSON", () => {
  it("has addresses as hexadecimal texts and null for what is not there", () => {
    const tree: DeviceTree = {
      bootCpu: 0,
      reservations: [],
      root: node(
        "",
        two,
        node("dev", { reg: [0xffff_ffff, 0xffff_fff0, 0, 0x10] }),
        node("none", { reg: [0, 0, 0, 0] }),
      ),
    };
    expect(JSON.parse(JSON.stringify(memoryMapToJson(memoryMap(tree))))).toEqual({
      entries: [
        {
          interval: { first: "0xfffffffffffffff0", last: "0xffffffffffffffff" },
          kind: "device",
          name: "dev",
          regName: null,
          compatible: [],
          enabled: true,
          space: "memory",
          source: { path: "/dev", property: "reg", index: 0 },
          offset: "0x0",
          hops: [],
        },
      ],
      overlaps: [],
      overlapsComplete: true,
      unplaced: [
        {
          source: { path: "/none", property: "reg", index: 0 },
          enabled: true,
          reason: "empty",
          bus: "/",
          interval: null,
        },
      ],
      divergences: [],
      badRanges: [],
    });
  });
});
