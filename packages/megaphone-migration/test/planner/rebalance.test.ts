import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  difference,
  join,
  leave,
  loadsOf,
  PlanParameterError,
  rebalance,
  UnknownWorkerError,
} from "../../src/index.ts";
import { leastMoves } from "../oracle/least-moves.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const moved = (from: Uint32Array, to: Uint32Array) => difference(from, to).length;
const greatest = (loads: Iterable<number>) => Math.max(...loads);

/** A map of `bins` bins over `workers` workers, of which the first `active` are to have all. */
const small = fc
  .record({ bins: fc.integer({ min: 1, max: 7 }), workers: fc.integer({ min: 1, max: 4 }), active: fc.nat(3) })
  .chain(({ bins, workers, active }) =>
    fc.record({
      map: fc.array(fc.nat(workers - 1), { minLength: bins, maxLength: bins }),
      weights: fc.array(fc.nat(9), { minLength: bins, maxLength: bins }),
      active: fc.constant(range(Math.min(active + 1, workers))),
      tolerance: fc.constantFrom(0, 0.25, 1),
    }),
  );

/** The least limit that any map keeps to, and the promised one, each by its definition. */
function limits(weights: readonly number[], workers: number, tolerance: number) {
  const heaviest = [...weights].sort((a, b) => b - a);
  const sum = (list: readonly number[]) => list.reduce((total, weight) => total + weight, 0);
  const pigeonholes = range(weights.length)
    .filter((j) => j * workers + 1 <= weights.length)
    .map((j) => sum(heaviest.slice(0, j * workers + 1).slice(-(j + 1))));
  return Math.max((sum(weights) / workers) * (1 + tolerance), ...pigeonholes);
}

describe("rebalance", () => {
  it("moves no more bins than any map within the limit, and passes the limit by no more than a bin", () => {
    fc.assert(
      fc.property(small, ({ map, weights, active, tolerance }) => {
        const from = Uint32Array.from(map);
        const to = rebalance(from, active, { weights, tolerance });
        expect([...to].every((worker) => active.includes(worker))).toBe(true);
        const limit = limits(weights, active.length, tolerance) + 1e-6;
        const least = leastMoves(map, active, weights, limit);
        if (least !== undefined) expect(moved(from, to)).toBeLessThanOrEqual(least);
        const load = greatest(loadsOf(to, active, weights));
        const left = map.some((worker) => !active.includes(worker));
        if (left) {
          expect(load).toBeLessThanOrEqual(limit + Math.max(...weights));
        } else if (moved(from, to) > 0) {
          expect(load).toBeLessThan(greatest(loadsOf(from, active, weights)));
        }
        // Whoever keeps to the limit moves exactly the least.
        if (load <= limit) expect(moved(from, to)).toBe(least);
      }),
      { numRuns: 1000 },
    );
  });

  it("reaches the lowest greatest load with the fewest moves when weights are equal", () => {
    fc.assert(
      fc.property(small, fc.constantFrom(1, 0.1, 3), ({ map, active }, weight) => {
        const from = Uint32Array.from(map);
        const to = rebalance(from, active, { weights: map.map(() => weight) });
        const most = Math.ceil(map.length / active.length);
        expect(greatest(loadsOf(to, active))).toBeLessThanOrEqual(most);
        expect(moved(from, to)).toBe(
          leastMoves(
            map,
            active,
            map.map(() => 1),
            most,
          ),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("evens out many bins to within the tolerance", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(7), fc.double({ min: 0.5, max: 2, noNaN: true })), { minLength: 400, maxLength: 500 }),
        (pairs) => {
          const from = Uint32Array.from(pairs, ([worker]) => worker);
          const weights = pairs.map(([, weight]) => weight);
          const to = rebalance(from, range(8), { weights, tolerance: 0.05 });
          const loads = loadsOf(to, range(8), weights);
          const average = loads.reduce((sum, load) => sum + load, 0) / 8;
          expect(greatest(loads)).toBeLessThanOrEqual(average * 1.05 + 1e-6);
        },
      ),
    );
  });

  it("gives away the bin that suffices, not the heaviest", () => {
    const from = Uint32Array.of(0, 0, 0, 0, 1, 1);
    const to = rebalance(from, [0, 1], { weights: [8, 4, 3, 1, 6, 4] });
    expect([...difference(from, to)]).toEqual([{ bin: 2, from: 0, to: 1 }]);
  });

  it("passes the limit by a bin that fits nowhere, rather than make the greatest load worse", () => {
    // 6, 1 against 5, 5 would keep to the limit of 10, by two moves.
    const from = Uint32Array.of(0, 0, 1, 1);
    const weights = [5, 6, 5, 1];
    expect(rebalance(from, [0, 1], { weights })).toEqual(from);
  });

  it("leaves an even map alone, whatever the order of the sums", () => {
    const map = Uint32Array.from({ length: 30 }, (_, bin) => bin % 3);
    expect(rebalance(map, [0, 1, 2], { weights: Array.from(map, () => 0.1) })).toEqual(map);
    expect(rebalance(map, [0, 1, 2], { weights: Array.from(map, () => 0) })).toEqual(map);
  });

  it("does not change the map it is given", () => {
    const map = new Uint32Array(8);
    rebalance(map, [0, 1]);
    expect([...map]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("refuses what makes no sense", () => {
    const map = Uint32Array.of(0, 1);
    const refused: [() => unknown, new (...args: never[]) => Error][] = [
      [() => rebalance(map, []), PlanParameterError],
      [() => rebalance(map, [0, 0]), PlanParameterError],
      [() => rebalance(map, [-1]), UnknownWorkerError],
      [() => rebalance(map, [0.5]), UnknownWorkerError],
      [() => rebalance(map, [0], { weights: [1] }), PlanParameterError],
      [() => rebalance(map, [0], { weights: [1, -1] }), PlanParameterError],
      [() => rebalance(map, [0], { weights: [1, Number.NaN] }), PlanParameterError],
      [() => rebalance(map, [0], { tolerance: -1 }), PlanParameterError],
      [() => rebalance(map, [0], { tolerance: Number.NaN }), PlanParameterError],
    ];
    for (const [refuse, error] of refused) expect(refuse).toThrow(error);
  });
});

describe("join", () => {
  it("gives new workers their share, and moves bins to nobody else", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 300 }),
        (present, joining, bins) => {
          const from = Uint32Array.from({ length: bins }, (_, bin) => bin % present);
          const newcomers = range(joining).map((i) => present + i);
          const to = join(from, range(present), newcomers);
          const limit = Math.ceil(bins / (present + joining));
          const loads = loadsOf(to, range(present + joining));
          expect(greatest(loads)).toBeLessThanOrEqual(limit);
          const excess = [...loadsOf(from, range(present))].map((load) => Math.max(0, load - limit));
          expect(moved(from, to)).toBe(excess.reduce((sum, load) => sum + load, 0));
          for (const { to: target } of difference(from, to)) expect(newcomers).toContain(target);
        },
      ),
    );
  });

  it("refuses a worker that is there", () => {
    expect(() => join(Uint32Array.of(0, 1), [0, 1], [1])).toThrow(PlanParameterError);
  });
});

describe("leave", () => {
  it("moves the bins of those who leave, no others, and evens them out", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.nat(),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 200 }),
        (workers, pick, picks) => {
          const from = Uint32Array.from(picks, (worker) => worker % workers);
          const leaving = pick % workers;
          const staying = range(workers).filter((worker) => worker !== leaving);
          const to = leave(from, range(workers), [leaving]);
          const bins = range(from.length).filter((bin) => from[bin] === leaving);
          expect([...difference(from, to).bins]).toEqual(bins);
          const [before, after] = [loadsOf(from, staying), loadsOf(to, staying)];
          // Nobody who received has more than any other had to spare.
          const receivers = staying.map((_, i) => i).filter((i) => (after[i] as number) > (before[i] as number));
          for (const i of receivers) expect(after[i]).toBeLessThanOrEqual(Math.min(...after) + 1);
        },
      ),
    );
  });

  it("spreads bins without load as well", () => {
    const from = Uint32Array.of(2, 2, 2, 2);
    const to = leave(from, [0, 1, 2], [2], { weights: [0, 0, 0, 0] });
    expect([...loadsOf(to, [0, 1])]).toEqual([2, 2]);
  });

  it("refuses workers that are not there, and to leave nobody", () => {
    const map = Uint32Array.of(0, 1);
    expect(() => leave(map, [0, 1], [2])).toThrow(UnknownWorkerError);
    expect(() => leave(map, [0, 1], [0, 1])).toThrow(PlanParameterError);
  });
});
