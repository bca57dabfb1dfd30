import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FreeRuns } from "../../src/memory/free-runs.ts";

/** The lengths of the maximal free runs of a map of granules. */
function runsOf(used: readonly boolean[]): number[] {
  const runs: number[] = [];
  let length = 0;
  for (const isUsed of [...used, true]) {
    if (!isUsed) length += 1;
    else if (length > 0) {
      runs.push(length);
      length = 0;
    }
  }
  return runs;
}

describe("FreeRuns", () => {
  it("has nothing before granules are added and released", () => {
    const runs = new FreeRuns();
    expect(runs.take(1)).toBe(-1);
    expect(runs.add(10)).toBe(0);
    expect(runs.take(1)).toBe(-1);
    runs.release(2, 8);
    expect([runs.free, runs.longest]).toEqual([8, 8]);
    expect(runs.add(5)).toBe(10);
    expect(runs.take(8)).toBe(2);
    expect(runs.free).toBe(0);
  });

  it("finds a run whenever a map of the granules shows one, never the same granule twice, and merges all that is free", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 60 })), { maxLength: 300, size: "max" }),
        (granules, actions) => {
          const runs = new FreeRuns();
          runs.add(granules);
          runs.release(0, granules);
          const used = Array.from({ length: granules }, () => false);
          const taken: { first: number; count: number }[] = [];
          const mark = (first: number, count: number, isUsed: boolean): void => {
            for (let i = first; i < first + count; i++) {
              if (used[i] !== !isUsed) throw new Error(`granule ${i} was ${isUsed ? "taken" : "released"} twice`);
              used[i] = isUsed;
            }
          };
          for (const [takes, pick, count] of actions) {
            if (takes) {
              const first = runs.take(count);
              expect(first >= 0).toBe(runsOf(used).some((length) => length >= count));
              if (first < 0) continue;
              mark(first, count, true);
              taken.push({ first, count });
            } else {
              const [run] = taken.splice(pick % Math.max(taken.length, 1), 1);
              if (run === undefined) continue;
              mark(run.first, run.count, false);
              runs.release(run.first, run.count);
            }
            expect(runs.longest).toBe(Math.max(0, ...runsOf(used)));
            expect(runs.free).toBe(used.filter((isUsed) => !isUsed).length);
          }
          // Granule by granule, everything free can be had: no run fell out of its list.
          while (used.includes(false)) {
            const first = runs.take(1);
            mark(first, 1, true);
            taken.push({ first, count: 1 });
          }
          expect(runs.take(1)).toBe(-1);
          for (const run of taken) runs.release(run.first, run.count);
          expect([runs.free, runs.longest]).toEqual([granules, granules]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
