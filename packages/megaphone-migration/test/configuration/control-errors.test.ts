import { Antichain, integers, LimmatError, pair, product } from "@limmat/timely-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Bins,
  Configurations,
  ControlConflictError,
  ControlCountError,
  ControlOrderError,
  type ControlRecord,
  ControlRecordError,
  ControlSequenceError,
  MapLengthError,
  UnknownBinError,
  UnknownWorkerError,
  WorkerCountError,
} from "../../src/index.ts";

const plane = product(integers, integers);

const move = (bin: number, worker: number, sequence = 0, count = 1): ControlRecord => ({
  kind: "move",
  bin,
  worker,
  sequence,
  count,
});
const map = (workers: number[], sequence = 0, count = 1): ControlRecord => ({ kind: "map", workers, sequence, count });

const four = () => new Configurations(integers, new Bins(2), 3);

describe("wrong control traffic", () => {
  it("too many records of a step", () => {
    const tested = four();
    tested.apply(5, move(0, 1));
    expect(() => tested.apply(5, move(1, 1))).toThrow(ControlCountError);
    expect(() => tested.apply(5, move(1, 1))).toThrow(
      expect.objectContaining({ code: "CONTROL_COUNT", time: 5, sequence: 0, count: 1, received: 2 }),
    );
  });

  it("too few records of a step, which leaves everything as it was", () => {
    const tested = four();
    tested.apply(4, move(0, 2, 0, 1));
    tested.apply(5, move(0, 1, 1, 2));
    expect(() => tested.advance(new Antichain(integers, [6]))).toThrow(
      expect.objectContaining({ code: "CONTROL_COUNT", time: 5, count: 2, received: 1 }),
    );
    expect(tested.isSettled(4)).toBe(false);
    tested.apply(5, move(1, 2, 1, 2));
    expect(tested.advance(new Antichain(integers, [6])).map((step) => step.time)).toEqual([4, 5]);
    expect([...tested.at(5).map()]).toEqual([1, 2, 2, 0]);
  });

  it("two counts in a step", () => {
    const tested = four();
    tested.apply(5, move(0, 1, 0, 2));
    expect(() => tested.apply(5, move(1, 1, 0, 3))).toThrow(ControlCountError);
  });

  it("two sequences at one time", () => {
    const tested = four();
    tested.apply(5, move(0, 1, 3, 2));
    expect(() => tested.apply(5, move(1, 1, 4, 2))).toThrow(ControlSequenceError);
    expect(() => tested.apply(5, move(1, 1, 4, 2))).toThrow(
      expect.objectContaining({ code: "CONTROL_SEQUENCE", time: 5, sequence: 3, other: 4 }),
    );
  });

  it("decreasing times, whichever record comes first", () => {
    const ascending = four();
    ascending.apply(10, move(0, 1, 3));
    expect(() => ascending.apply(8, move(0, 1, 4))).toThrow(
      expect.objectContaining({
        code: "CONTROL_ORDER",
        relation: "decreasing",
        time: 8,
        sequence: 4,
        otherTime: 10,
        otherSequence: 3,
      }),
    );
    const descending = four();
    descending.apply(8, move(0, 1, 4));
    expect(() => descending.apply(10, move(0, 1, 3))).toThrow(ControlOrderError);
    expect(() => descending.apply(10, move(0, 1, 4))).toThrow(ControlOrderError);
    expect(() => descending.apply(10, move(0, 1, 5))).not.toThrow();
    expect(() => descending.apply(9, move(0, 1, 5))).toThrow(ControlOrderError);
  });

  it("a sequence that does not follow a settled step", () => {
    const tested = four();
    tested.apply(5, move(0, 1, 3));
    tested.advance(new Antichain(integers, [6]));
    expect(() => tested.apply(7, move(0, 1, 3))).toThrow(ControlOrderError);
    expect(() => tested.apply(7, move(0, 1, 4))).not.toThrow();
  });

  it("incomparable times, pending or settled", () => {
    const tested = new Configurations(plane, new Bins(2), 3);
    tested.apply(pair(2, 5), move(0, 1, 0));
    expect(() => tested.apply(pair(3, 4), move(0, 1, 1))).toThrow(
      expect.objectContaining({ code: "CONTROL_ORDER", relation: "incomparable", otherTime: pair(2, 5) }),
    );
    expect(() => tested.apply(pair(1, 9), move(0, 1, 1))).toThrow(ControlOrderError);
    tested.advance(new Antichain(plane, [pair(3, 0), pair(0, 6)]));
    expect(() => tested.apply(pair(3, 4), move(0, 1, 1))).toThrow(ControlOrderError);
    expect(() => tested.apply(pair(3, 5), move(0, 1, 1))).not.toThrow();
  });

  it("unknown bins and workers, wrong maps", () => {
    const tested = four();
    for (const bin of [4, -1, 0.5]) expect(() => tested.apply(5, move(bin, 0))).toThrow(UnknownBinError);
    for (const worker of [3, -1, 0.5]) expect(() => tested.apply(5, move(0, worker))).toThrow(UnknownWorkerError);
    expect(() => tested.apply(5, map([0, 0, 0, 3]))).toThrow(UnknownWorkerError);
    expect(() => tested.apply(5, map([0, 0, -1, 0]))).toThrow(UnknownWorkerError);
    expect(() => tested.apply(5, map([0, 0, 0]))).toThrow(MapLengthError);
    expect(() => new Configurations(integers, new Bins(2), 0)).toThrow(WorkerCountError);
  });

  it("a step that says two things of a bin", () => {
    const tested = four();
    tested.apply(5, move(0, 1, 0, 3));
    tested.apply(5, map([2, 2, 2, 2], 0, 3));
    expect(() => tested.apply(5, move(0, 2, 0, 3))).toThrow(ControlConflictError);
    expect(() => tested.apply(5, map([2, 2, 2, 2], 0, 3))).toThrow(ControlConflictError);
    tested.apply(5, move(0, 1, 0, 3));
    tested.advance(new Antichain(integers, [6]));
    expect([...tested.at(5).map()]).toEqual([1, 2, 2, 2]);
  });

  it("what is no control record at all is a typed error that changes nothing", () => {
    fc.assert(
      fc.property(fc.anything(), (thing) => {
        const tested = four();
        expect(() => tested.apply(5, thing as ControlRecord)).toThrow(LimmatError);
        expect(tested.advance(new Antichain(integers))).toEqual([]);
      }),
    );
    const bad = [
      { kind: "swap", sequence: 0, count: 1 },
      { kind: "map", sequence: 0, count: 1 },
      { kind: "map", workers: null, sequence: 0, count: 1 },
      { kind: "move", bin: 0, worker: 0, sequence: -1, count: 1 },
      { kind: "move", bin: 0, worker: 0, sequence: 0, count: 0 },
      { kind: "move", bin: 0, worker: 0, sequence: 0.5, count: 1 },
      { kind: "move", bin: 0, worker: 0, sequence: 0 },
    ];
    for (const thing of bad) {
      expect(() => four().apply(5, thing as ControlRecord), JSON.stringify(thing)).toThrow(ControlRecordError);
    }
  });

  it("does not keep a sender's array", () => {
    const tested = four();
    const workers = new Uint32Array([2, 2, 2, 2]);
    tested.apply(5, { kind: "map", workers, sequence: 0, count: 1 });
    workers.fill(1);
    tested.advance(new Antichain(integers, [6]));
    expect([...tested.at(5).map()]).toEqual([2, 2, 2, 2]);
  });
});
