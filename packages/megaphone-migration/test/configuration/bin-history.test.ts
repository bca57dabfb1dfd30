import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BinHistory } from "../../src/configuration/bin-history.ts";

/** Steps as lists of changes; step i + 1 is named by ordinal i + 1, and 0 is the table. */
function build(bins: number, steps: readonly (readonly (readonly [bin: number, worker: number])[])[]) {
  const history = new BinHistory(new Uint32Array(bins));
  const maps = [Array.from({ length: bins }, () => 0)];
  steps.forEach((changes, i) => {
    const map = [...(maps[i] as number[])];
    for (const [bin, worker] of changes) {
      history.change(bin, worker, i + 1);
      map[bin] = worker;
    }
    maps.push(map);
  });
  return { history, maps };
}

const steps = (bins: number) =>
  fc.array(fc.array(fc.tuple(fc.nat(bins - 1), fc.nat(9)), { maxLength: 4 }), { maxLength: 60 });

describe("BinHistory", () => {
  it("answers for every step and bin", () => {
    fc.assert(
      fc.property(steps(4), (changes) => {
        const { history, maps } = build(4, changes);
        for (const [ordinal, map] of maps.entries()) expect([...history.map(ordinal)]).toEqual(map);
        expect([0, 1, 2, 3].map((bin) => history.latest(bin))).toEqual(maps.at(-1));
      }),
    );
  });

  it("finds old changes of a bin that moved in each of many steps", () => {
    const { history, maps } = build(
      1,
      Array.from({ length: 3000 }, (_, i) => [[0, i + 1] as const]),
    );
    for (let ordinal = 0; ordinal < maps.length; ordinal++) expect(history.workerOf(0, ordinal)).toBe(ordinal);
  });

  it("searches in time logarithmic in the changes of the bin", () => {
    const changes = 2 ** 14;
    const { history } = build(
      1,
      Array.from({ length: changes }, (_, i) => [[0, i + 1] as const]),
    );
    let reads = 0;
    const columns = history as unknown as { ordinals: Float64Array };
    columns.ordinals = new Proxy(columns.ordinals, {
      get: (target, property) => {
        reads += 1;
        return target[property as unknown as number];
      },
    });
    for (let ordinal = 0; ordinal <= changes; ordinal += 97) {
      reads = 0;
      expect(history.workerOf(0, ordinal)).toBe(ordinal);
      // Two reads a hop, and at most three hops for each power of two.
      expect(reads).toBeLessThanOrEqual(2 * 3 * 14);
    }
  });

  it("keeps what kept steps need, and no more than one change of a bin for each of them", () => {
    fc.assert(
      fc.property(steps(3), fc.array(fc.boolean(), { minLength: 61, maxLength: 61 }), (changes, keep) => {
        const { history, maps } = build(3, changes);
        const last = maps.length - 1;
        const kept = maps.map((_, ordinal) => ({ ordinal })).filter(({ ordinal }) => ordinal === last || keep[ordinal]);
        // A needless entry before `start` must not matter.
        history.compact([{ ordinal: 0 }, ...kept], 1);
        for (const { ordinal } of kept) expect([...history.map(ordinal)]).toEqual(maps[ordinal]);
        expect(history.changes).toBeLessThanOrEqual((kept.length - 1) * 3);
        history.change(1, 77, last + 1);
        expect(history.workerOf(1, last + 1)).toBe(77);
        expect(history.workerOf(1, last)).toBe(maps[last]?.[1]);
      }),
    );
  });
});
