import { describe, expect, it } from "vitest";
import { Placement } from "../../src/dataflow/placement.ts";

const owners = (placement: Placement, blocks: number) =>
  Array.from({ length: blocks }, (_, block) => placement.ownerOf(block));

describe("Placement", () => {
  it.each([
    [1, 1],
    [1, 4],
    [33, 2],
    [64, 3],
    [1000, 2],
    [8960, 4],
    [8960, 7],
    [100_000, 64],
  ])("deals the blocks of %i nodes out to %i workers evenly", (nodes, workers) => {
    const blocks = Math.ceil(nodes / 32);
    const counts = new Array<number>(workers).fill(0);
    for (const owner of owners(new Placement(nodes, workers), blocks)) {
      expect(Number.isInteger(owner) && owner >= 0 && owner < workers).toBe(true);
      counts[owner]! += 1;
    }
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it("says the same on every worker, since each asks a placement of its own", () => {
    expect(owners(new Placement(8960, 4), 5000)).toEqual(owners(new Placement(8960, 4), 5000));
  });

  it("has an owner for every block to come, however many, and spreads these too", () => {
    for (const nodes of [0, 1, 31, 32, 33, 500]) {
      const counts = new Array<number>(3).fill(0);
      for (const owner of owners(new Placement(nodes, 3), 4096)) counts[owner]! += 1;
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4096);
      // Bins are few for a small network, so blocks come to share them.
      const bins = 2 ** Math.ceil(Math.log2(Math.max(1, Math.ceil(nodes / 32)) * 2));
      expect(counts.filter((count) => count > 0)).toHaveLength(Math.min(3, bins));
    }
    expect(new Placement(32, 2).ownerOf(2 ** 27 - 1)).toBeLessThan(2);
  });
});
