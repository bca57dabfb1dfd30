import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  busOf,
  DeviceTreeProperty,
  encodeDeviceTree,
  linuxTranslate,
  type MapEntry,
  memoryMap,
  parseDeviceTree,
  resolve,
} from "../../src/device-tree/index.ts";
import { intervalSize, MAX_ADDRESS } from "../../src/interval/index.ts";
import { arbitraryBoard } from "../oracle/arbitrary-board.ts";
import { firstMatch, type NodeSpec, nodesOf, pointTranslate, type RegionSpec, toDeviceTree } from "../oracle/board.ts";

// Not a bound on speed: a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 60_000 });

const mapOf = (board: NodeSpec) => memoryMap(parseDeviceTree(encodeDeviceTree(toDeviceTree(board))));

function* regionsOf(board: NodeSpec) {
  for (const { node, path, buses } of nodesOf(board)) {
    for (const [index, region] of node.regions.entries()) yield { path, buses, index, region };
  }
}

const expectedOf = (buses: readonly NodeSpec[], { space, address, size }: RegionSpec) =>
  Array.from({ length: Number(size) }, (_, k) => pointTranslate(buses, space, address + BigInt(k)));

const wraps = ({ address, size }: RegionSpec) => address + size - 1n > MAX_ADDRESS;

describe("translation against one address at a time", () => {
  it("puts every byte of every region where the specification does, and lists the others once", () => {
    let translated = 0;
    let lost = 0;
    fc.assert(
      fc.property(arbitraryBoard, (board) => {
        const map = mapOf(board);
        for (const { path, buses, index, region } of regionsOf(board)) {
          const isOurs = ({ source }: { source: MapEntry["source"] }) =>
            source.path === path && source.index === index && source.property !== "ranges";
          const entries = map.entries.filter(isOurs);
          const unplaced = map.unplaced.filter(isOurs);
          if (wraps(region)) {
            expect([entries, unplaced.map(({ reason }) => reason)]).toEqual([[], ["wraps"]]);
            continue;
          }
          const found: (bigint | undefined)[] = new Array(Number(region.size)).fill(undefined);
          let bytes = 0n;
          for (const { offset, interval } of entries) {
            bytes += intervalSize(interval);
            for (let k = 0n; k < intervalSize(interval); k++) found[Number(offset + k)] = interval.first + k;
          }
          const expected = expectedOf(buses, region);
          expect(found).toEqual(expected);
          const reached = expected.filter((address) => address !== undefined).length;
          expect(bytes).toBe(BigInt(reached));
          const missed = unplaced.reduce((sum, { interval }) => sum + intervalSize(interval!), 0n);
          expect(missed).toBe(region.size - bytes);
          translated += reached;
          lost += expected.length - reached;
        }
      }),
      { numRuns: 300 },
    );
    // The boards are of no use if windows hardly ever match, or always do.
    expect(translated).toBeGreaterThan(1000);
    expect(lost).toBeGreaterThan(1000);
  });

  it("names for every piece the chain of entries that took it there, each the first to match", () => {
    fc.assert(
      fc.property(arbitraryBoard, (board) => {
        const map = mapOf(board);
        for (const { path, buses, index, region } of regionsOf(board)) {
          for (const { source, offset, interval, hops } of map.entries) {
            if (source.path !== path || source.index !== index || source.property === "ranges") continue;
            expect(hops.length).toBe(buses.length - 1);
            let at = { first: region.address + offset, last: region.address + offset + intervalSize(interval) - 1n };
            hops.forEach(({ entry, space, from, to }, i) => {
              expect(from).toEqual(at);
              if (space !== "memory" && space !== "io" && space !== "config") throw new Error(`no space ${space}`);
              if (entry === undefined) expect(buses[i]!.ranges).toBe("empty");
              for (const address of [from.first, from.last])
                expect(firstMatch(buses[i]!, space, address)).toBe(entry ?? -1);
              at = to;
            });
            expect(interval).toEqual(at);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("reports exactly the regions that Linux, which translates the start alone, puts elsewhere", () => {
    let divergences = 0;
    fc.assert(
      fc.property(arbitraryBoard, (board) => {
        const map = mapOf(board);
        for (const { path, buses, index, region } of regionsOf(board)) {
          if (wraps(region)) continue;
          const expected = expectedOf(buses, region);
          const start = expected[0];
          const same =
            start === undefined
              ? expected.every((address) => address === undefined)
              : expected.every((address, k) => address === start + BigInt(k));
          const found = map.divergences.filter(({ source }) => source.path === path && source.index === index);
          expect(found.length).toBe(same ? 0 : 1);
          if (same) continue;
          divergences++;
          const last = start === undefined ? 0n : start + region.size - 1n;
          expect(found[0]!.linux).toEqual(
            start === undefined || last > MAX_ADDRESS ? undefined : { first: start, last },
          );
        }
      }),
      { numRuns: 300 },
    );
    expect(divergences).toBeGreaterThan(100);
  });
});

describe("resolve and linuxTranslate", () => {
  const root = busOf({ name: "", properties: [], children: [] }, "/", undefined);
  const cells = (...values: number[]) => [
    DeviceTreeProperty.cells("#address-cells", 1),
    DeviceTreeProperty.cells("#size-cells", 1),
    DeviceTreeProperty.cells("ranges", ...values),
  ];

  it("split a region that straddles two windows, where Linux sees one", () => {
    const properties = cells(0x0, 0, 0x8000, 0x100, 0x100, 0, 0x4000, 0x100);
    const bus = busOf({ name: "soc", properties, children: [] }, "/soc", root);
    const { pieces, gaps } = resolve(bus, "memory", { first: 0xf0n, last: 0x20fn });
    expect(pieces.map(({ offset, interval, hops }) => [offset, interval, hops[0]!.entry])).toEqual([
      [0n, { first: 0x80f0n, last: 0x80ffn }, 0],
      [0x10n, { first: 0x4000n, last: 0x40ffn }, 1],
    ]);
    expect(gaps).toEqual([
      { offset: 0x110n, interval: { first: 0x200n, last: 0x20fn }, bus: "/soc", reason: "outside-windows" },
    ]);
    expect(linuxTranslate(bus, "memory", 0xf0n)).toBe(0x80f0n);
    expect(linuxTranslate(bus, "memory", 0x200n)).toBeUndefined();
  });

  it("take the first of two windows that overlap", () => {
    const properties = cells(0x10, 0, 0x1000, 0x10, 0x0, 0, 0x2000, 0x100);
    const bus = busOf({ name: "soc", properties, children: [] }, "/soc", root);
    const { pieces } = resolve(bus, "memory", { first: 0n, last: 0xffn });
    expect(pieces.map(({ interval }) => interval)).toEqual([
      { first: 0x2000n, last: 0x200fn },
      { first: 0x1000n, last: 0x100fn },
      { first: 0x2020n, last: 0x20ffn },
    ]);
  });
});
