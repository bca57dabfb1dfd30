import { describe, expect, it } from "vitest";
import { allAtOnce, difference, fluid, MapLengthError, Moves, Plan, validate } from "../../src/index.ts";

const from = Uint32Array.of(0, 0, 1, 1);
const to = Uint32Array.of(1, 0, 0, 2);
const moves = [...difference(from, to)];

const inSteps = (...steps: { bin: number; from: number; to: number }[][]) => {
  const starts = [0];
  for (const step of steps) starts.push((starts.at(-1) as number) + step.length);
  return new Plan(Moves.of(steps.flat()), Uint32Array.from(starts));
};

describe("validate", () => {
  it("accepts plans that do it, directly or by way of others", () => {
    validate(allAtOnce(Moves.of(moves)), from, to);
    validate(fluid(Moves.of(moves)), from, to);
    validate(inSteps([{ bin: 1, from: 0, to: 2 }], [...moves, { bin: 1, from: 2, to: 0 }]), from, to);
    validate(inSteps(), from, from);
  });

  it.each([
    ["a dropped move", [moves.slice(1)], { step: undefined, bin: 0 }],
    ["a move made twice", [moves, moves.slice(0, 1)], { step: 1, bin: 0 }],
    ["a bin twice in one step", [[...moves, { bin: 0, from: 1, to: 2 }]], { step: 0, bin: 0 }],
    ["a wrong source", [[{ bin: 0, from: 2, to: 1 }]], { step: 0, bin: 0 }],
    ["a wrong target", [[{ bin: 0, from: 0, to: 2 }]], { step: undefined, bin: 0 }],
    ["a move to where the bin is", [[{ bin: 1, from: 0, to: 0 }]], { step: 0, bin: 1 }],
    ["a bin that is not there", [[{ bin: 4, from: 0, to: 1 }]], { step: 0, bin: 4 }],
  ])("refuses %s", (_, steps, where) => {
    expect(() => validate(inSteps(...steps), from, to)).toThrow(expect.objectContaining({ code: "PLAN", ...where }));
  });

  it("refuses maps of different lengths", () => {
    expect(() => validate(inSteps(), from, Uint32Array.of(0))).toThrow(MapLengthError);
  });
});
