import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allAtOnce,
  batched,
  difference,
  fluid,
  type Moves,
  minimumRounds,
  optimized,
  Plan,
  PlanParameterError,
  type Strategy,
  validate,
} from "../../src/index.ts";

/** Two maps; sometimes most of the second one is the first, and few workers have most bins. */
const targets = fc
  .record({
    bins: fc.integer({ min: 1, max: 256 }),
    workers: fc.integer({ min: 1, max: 16 }),
    skew: fc.integer({ min: 1, max: 3 }),
    stay: fc.constantFrom(0, 0.5, 0.9),
    seed: fc.integer(),
  })
  .map(({ bins, workers, skew, stay, seed }) => {
    const random = xorshift(seed);
    const worker = () => Math.floor(random() ** skew * workers);
    const from = Uint32Array.from({ length: bins }, worker);
    const to = from.map((at) => (random() < stay ? at : worker()));
    return { from, to };
  });

function xorshift(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const cut = { numRuns: 1000 };

function degree(moves: Moves): number {
  const out = new Map<number, number>();
  const into = new Map<number, number>();
  for (const { from, to } of moves) {
    out.set(from, (out.get(from) ?? 0) + 1);
    into.set(to, (into.get(to) ?? 0) + 1);
  }
  return Math.max(0, ...out.values(), ...into.values());
}

const strategies: [string, Strategy][] = [
  ["allAtOnce", allAtOnce],
  ["fluid", fluid],
  ["batched(7)", batched(7)],
  ["optimized", optimized],
];

describe.each(strategies)("%s", (_, strategy) => {
  it("makes every move exactly once, and turns the one map into the other", () => {
    fc.assert(
      fc.property(targets, ({ from, to }) => {
        const moves = difference(from, to);
        const plan = strategy(moves);
        expect(plan.moves.length).toBe(moves.length);
        expect(() => validate(plan, from, to)).not.toThrow();
        for (const step of plan) expect(step.length).toBeGreaterThan(0);
      }),
      cut,
    );
  });

  it("makes no step of no moves", () => {
    const map = Uint32Array.of(0, 1);
    expect(strategy(difference(map, map)).length).toBe(0);
  });
});

describe("allAtOnce, fluid and batched", () => {
  it("make steps of their sizes", () => {
    fc.assert(
      fc.property(targets, fc.integer({ min: 1, max: 40 }), ({ from, to }, size) => {
        const moves = difference(from, to);
        fc.pre(moves.length > 0);
        const sizes = (plan: Plan) => Array.from(plan, (step) => step.length);
        expect(sizes(allAtOnce(moves))).toEqual([moves.length]);
        expect(sizes(fluid(moves))).toEqual(Array.from(moves, () => 1));
        const rest = moves.length % size;
        const full = Array.from({ length: Math.floor(moves.length / size) }, () => size);
        expect(sizes(batched(size)(moves))).toEqual(rest === 0 ? full : [...full, rest]);
      }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])("batched refuses a size of %s", (size) => {
    expect(() => batched(size)).toThrow(PlanParameterError);
  });
});

describe("optimized", () => {
  it("takes as many rounds as the maximum degree, with each worker once a round on either side (König)", () => {
    fc.assert(
      fc.property(targets, ({ from, to }) => {
        const moves = difference(from, to);
        const plan = optimized(moves);
        expect(plan.length).toBe(degree(moves));
        expect(minimumRounds(moves)).toBe(degree(moves));
        for (const step of plan) {
          expect(new Set(step.from).size).toBe(step.length);
          expect(new Set(step.to).size).toBe(step.length);
        }
      }),
      cut,
    );
  });

  it("moves eight bins a step in the paper's pattern of 16 workers and 64 bins (fact sheet, section 3.2)", () => {
    const from = Uint32Array.from({ length: 64 }, (_, bin) => bin % 16);
    const half = (bin: number) => (Math.floor(bin / 2) * 2 + (bin % 2) * 8) % 16;
    const to = from.map((worker, bin) => (bin < 32 ? half(bin) : worker));
    const plan = optimized(difference(from, to));
    expect(Array.from(plan, (step) => step.length)).toEqual([8, 8]);
  });

  it("loses no move of 2^16 bins on 64 workers", () => {
    const random = xorshift(7);
    const from = Uint32Array.from({ length: 65536 }, () => Math.floor(random() * 64));
    const to = from.map(() => Math.floor(random() ** 2 * 64));
    const moves = difference(from, to);
    const plan = optimized(moves);
    validate(plan, from, to);
    expect(plan.length).toBe(degree(moves));
  });
});

describe("Plan", () => {
  it("refuses starts that do not cut the moves into steps", () => {
    const moves = difference(Uint32Array.of(0, 0, 0), Uint32Array.of(1, 1, 1));
    for (const starts of [[], [0], [0, 2], [1, 3], [0, 0, 3], [0, 2, 1, 3], [0, 4]]) {
      expect(() => new Plan(moves, Uint32Array.from(starts)), String(starts)).toThrow(
        expect.objectContaining({ code: "PLAN" }),
      );
    }
    const plan = new Plan(moves, Uint32Array.of(0, 1, 3));
    expect(Array.from(plan, (step) => [...step.bins])).toEqual([[0], [1, 2]]);
    for (const step of [-1, 2, 0.5]) expect(() => plan.step(step)).toThrow(expect.objectContaining({ code: "PLAN" }));
  });
});
