import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cancelRecords, controlRecords, difference, MapLengthError, Moves, PlanError } from "../../src/index.ts";

const maps = fc
  .integer({ min: 1, max: 40 })
  .chain((bins) => fc.tuple(...[0, 1].map(() => fc.array(fc.nat(4), { minLength: bins, maxLength: bins }))));

describe("Moves", () => {
  it("holds what it was made of", () => {
    const moves = [
      { bin: 3, from: 0, to: 1 },
      { bin: 1, from: 2, to: 0 },
    ];
    expect([...Moves.of(moves)]).toEqual(moves);
    expect([...Moves.of(moves).slice(1, 2)]).toEqual(moves.slice(1));
  });

  it("refuses columns of different lengths", () => {
    expect(() => new Moves(new Uint32Array(2), new Uint32Array(2), new Uint32Array(1))).toThrow(PlanError);
  });
});

describe("difference", () => {
  it("is the bins whose worker differs, ascending", () => {
    fc.assert(
      fc.property(maps, ([from = [], to = []]) => {
        const expected = from
          .map((worker, bin) => ({ bin, from: worker, to: to[bin] as number }))
          .filter((move) => move.from !== move.to);
        expect([...difference(Uint32Array.from(from), Uint32Array.from(to))]).toEqual(expected);
      }),
    );
  });

  it("refuses maps of different lengths", () => {
    expect(() => difference(new Uint32Array(4), new Uint32Array(2))).toThrow(MapLengthError);
  });
});

describe("cancelRecords", () => {
  it("makes one record a step, each with the number of all", () => {
    expect(cancelRecords([3, 5], 9)).toEqual([
      { kind: "cancel", cancels: 3, sequence: 9, count: 2 },
      { kind: "cancel", cancels: 5, sequence: 9, count: 2 },
    ]);
  });
});

describe("controlRecords", () => {
  it("makes one record a move, each with the number of all", () => {
    const moves = Moves.of([
      { bin: 5, from: 0, to: 2 },
      { bin: 6, from: 1, to: 3 },
    ]);
    expect(controlRecords(moves, 7)).toEqual([
      { kind: "move", bin: 5, worker: 2, sequence: 7, count: 2 },
      { kind: "move", bin: 6, worker: 3, sequence: 7, count: 2 },
    ]);
    expect(controlRecords(Moves.of([]), 7)).toEqual([]);
  });
});
