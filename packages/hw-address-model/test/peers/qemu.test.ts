// QEMU as an independent author of both a device tree and the address space it is about: `info mtree -f` is what its
// memory system really decodes, and the tree that the same machine dumps must say so.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { memoryMap, parseDeviceTree } from "../../src/device-tree/index.ts";
import { formatInterval, type Interval, IntervalSet } from "../../src/interval/index.ts";
import { needs, run } from "./installed.ts";

// Not a bound on speed: a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 60_000 });

// The tree gives these all the room that their bindings allow; QEMU decodes the registers that this one has.
const PARTLY_DECODED = /^(intc|fw-cfg)@/;

const FLAGS = ["-nodefaults", "-display", "none", "-smp", "2", "-m", "512"];

function deviceTreeOf(program: string, machine: string, cpu: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "limmat-qemu-"));
  try {
    run(program, ["-machine", `${machine},dumpdtb=${join(folder, "board.dtb")}`, "-cpu", cpu, ...FLAGS]);
    return readFileSync(join(folder, "board.dtb"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface FlatRange {
  interval: Interval;
  kind: string;
  name: string;
}

// The view named "memory", lines such as `  0000000009000000-0000000009000fff (prio 0, i/o): pl011`.
function flatView(program: string, machine: string, cpu: string): FlatRange[] {
  const args = ["-machine", machine, "-cpu", cpu, ...FLAGS, "-S", "-serial", "none", "-monitor", "stdio"];
  const text = run(program, args, "info mtree -f\nquit\n").toString();
  const views = text.split("FlatView #").filter((view) => /^\s*AS "memory"/m.test(view));
  expect(views.length).toBe(1);
  return Array.from(
    views[0]!.matchAll(/^\s+([0-9a-f]{16})-([0-9a-f]{16}) \(prio -?\d+, ([\w/]+)\): (.*)$/gm),
    (line) => ({
      interval: { first: BigInt(`0x${line[1]}`), last: BigInt(`0x${line[2]}`) },
      kind: line[3]!,
      name: line[4]!.trim(),
    }),
  );
}

describe("QEMU", () => {
  it.for([
    ["qemu-system-aarch64", "virt", "cortex-a57"],
    ["qemu-system-aarch64", "virt,gic-version=3,iommu=smmuv3", "cortex-a57"],
    ["qemu-system-aarch64", "virt,highmem=off", "cortex-a57"],
    ["qemu-system-arm", "virt", "cortex-a15"],
  ] as const)(
    "%s -machine %s decodes what its device tree lists, and nothing else",
    ([program, machine, cpu], context) => {
      needs(context, program, "qemu-system-arm");
      const map = memoryMap(parseDeviceTree(deviceTreeOf(program, machine, cpu)));
      const ranges = flatView(program, machine, cpu);
      expect(map.unplaced).toEqual([]);
      expect(map.overlaps).toEqual([]);
      expect(map.entries.length).toBeGreaterThan(40);

      const decoded = IntervalSet.from(ranges.map(({ interval }) => interval));
      for (const { interval, name, enabled, source } of map.entries) {
        if (!enabled) continue;
        const expected = PARTLY_DECODED.test(name) ? { first: interval.first, last: interval.first } : interval;
        const missing = IntervalSet.from([expected]).subtract(decoded);
        expect(`${source.path} ${missing}`).toBe(`${source.path} {}`);
      }

      const listed = IntervalSet.from(map.entries.map(({ interval }) => interval));
      const unlisted = ranges.filter(({ interval }) => !IntervalSet.from([interval]).isSubsetOf(listed));
      expect(unlisted.map(({ name }) => name)).toEqual([]);

      const memory = map.entries.filter(({ kind, enabled }) => kind === "memory" && enabled);
      const ram = ranges.filter(({ kind, name }) => kind === "ram" && name.startsWith("mach-virt.ram"));
      expect(memory.map(({ interval }) => formatInterval(interval))).toEqual(
        ram.map(({ interval }) => formatInterval(interval)),
      );
    },
  );
});
