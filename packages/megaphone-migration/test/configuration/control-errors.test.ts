import { Antichain, integers, LimmatError, pair, product } from "@limmat/timely-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Bins,
  CancelError,
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

const cancel = (cancels: number, sequence: number, count = 1): ControlRecord => ({
  kind: "cancel",
  cancels,
  sequence,
  count,
});

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

  it("two sequences at one time, unless one is cancelled", () => {
    const tested = four();
    tested.apply(5, move(0, 1, 3));
    tested.apply(5, move(1, 2, 4));
    const end = new Antichain(integers, [6]);
    expect(() => tested.advance(end)).toThrow(ControlSequenceError);
    expect(() => tested.advance(end)).toThrow(
      expect.objectContaining({ code: "CONTROL_SEQUENCE", time: 5, sequence: 3, other: 4 }),
    );
    tested.apply(5, cancel(3, 7));
    expect(tested.advance(end).map(({ sequence, cancelled }) => [sequence, cancelled])).toEqual([
      [3, true],
      [4, false],
    ]);
    expect([...tested.at(5).map()]).toEqual([0, 2, 2, 0]);
  });

  it("decreasing times, whichever record comes first, once nothing can cancel either", () => {
    const end = new Antichain(integers, [11]);
    const records = [
      [10, move(0, 1, 3)],
      [8, move(0, 1, 4)],
    ] as const;
    for (const order of [records, [...records].reverse()]) {
      const tested = four();
      for (const [time, record] of order) tested.apply(time, record);
      expect(() => tested.advance(end)).toThrow(
        expect.objectContaining({
          code: "CONTROL_ORDER",
          relation: "decreasing",
          time: 10,
          sequence: 3,
          otherTime: 8,
          otherSequence: 4,
        }),
      );
      // Not even the step at 8 is settled.
      expect(tested.isSettled(8)).toBe(false);
      expect(tested.advance(new Antichain(integers, [9])).map((step) => step.sequence)).toEqual([4]);
      expect(() => tested.advance(end)).toThrow(ControlOrderError);
    }
  });

  it("a sequence number at two times, pending or settled", () => {
    const tested = four();
    tested.apply(5, move(0, 1, 3));
    expect(() => tested.apply(7, move(0, 1, 3))).toThrow(ControlOrderError);
    tested.advance(new Antichain(integers, [6]));
    expect(() => tested.apply(7, move(0, 1, 3))).toThrow(ControlOrderError);
    expect(() => tested.apply(7, move(0, 1, 4))).not.toThrow();
  });

  it("a sequence that does not follow a settled step", () => {
    const tested = four();
    tested.apply(5, move(0, 1, 3));
    tested.advance(new Antichain(integers, [6]));
    tested.apply(7, move(0, 1, 2));
    expect(() => tested.advance(new Antichain(integers, [8]))).toThrow(ControlOrderError);
    tested.apply(7, cancel(2, 9));
    expect(tested.advance(new Antichain(integers, [8]))).toMatchObject([{ sequence: 2, cancelled: true }]);
  });

  it("incomparable times, pending or settled", () => {
    const tested = new Configurations(plane, new Bins(2), 3);
    tested.apply(pair(2, 5), move(0, 1, 0));
    tested.apply(pair(3, 4), move(0, 1, 1));
    expect(() => tested.advance(new Antichain(plane))).toThrow(
      expect.objectContaining({ code: "CONTROL_ORDER", relation: "incomparable" }),
    );
    tested.advance(new Antichain(plane, [pair(3, 0), pair(0, 6)]));
    expect(tested.latest.sequence).toBe(0);
    expect(() => tested.advance(new Antichain(plane, [pair(4, 0)]))).toThrow(
      expect.objectContaining({ code: "CONTROL_ORDER", relation: "incomparable", otherTime: pair(2, 5) }),
    );
    tested.apply(pair(3, 3), cancel(1, 2));
    tested.apply(pair(3, 5), move(0, 2, 3));
    expect(tested.advance(new Antichain(plane)).map((step) => step.sequence)).toEqual([1, 3]);
  });

  it("a cancel of a step that the control frontier has passed, cancelled or not", () => {
    const tested = four();
    tested.apply(4, move(0, 1, 0));
    tested.apply(5, move(0, 2, 1));
    tested.apply(5, cancel(1, 2));
    tested.advance(new Antichain(integers, [6]));
    for (const cancels of [0, 1, 2]) {
      expect(() => tested.apply(6, cancel(cancels, 3))).toThrow(
        expect.objectContaining({ code: "CANCEL", reason: "late", cancels, sequence: 3 }),
      );
    }
    expect([...tested.latest.map()]).toEqual([1, 1, 2, 0]);
    // Nothing of it stayed.
    expect(tested.advance(new Antichain(integers))).toEqual([]);
  });

  it("a cancel that isn't at or before its step, whichever comes first", () => {
    const first = four();
    first.apply(5, move(0, 1, 0));
    expect(() => first.apply(6, cancel(0, 1))).toThrow(expect.objectContaining({ code: "CANCEL", reason: "after" }));
    expect(first.advance(new Antichain(integers, [6]))).toMatchObject([{ sequence: 0, cancelled: false }]);
    const last = new Configurations(plane, new Bins(2), 3);
    last.apply(pair(5, 2), cancel(0, 1));
    expect(() => last.apply(pair(2, 5), move(0, 1, 0))).toThrow(CancelError);
    last.apply(pair(5, 3), move(0, 1, 0));
    expect(last.advance(new Antichain(plane))).toMatchObject([{ sequence: 0, cancelled: true }]);
  });

  it("a cancel without a step", () => {
    const tested = four();
    tested.apply(5, cancel(0, 1));
    expect(tested.advance(new Antichain(integers, [7]))).toEqual([]);
    expect(() => tested.advance(new Antichain(integers))).toThrow(
      expect.objectContaining({ code: "CANCEL", reason: "unknown", cancels: 0, sequence: 1 }),
    );
    tested.apply(9, move(0, 1, 0));
    expect(tested.advance(new Antichain(integers))).toMatchObject([{ time: 9, sequence: 0, cancelled: true }]);
  });

  it("a cancelled step that lacks records", () => {
    const tested = four();
    tested.apply(5, move(0, 1, 0, 2));
    tested.apply(5, cancel(0, 1));
    expect(() => tested.advance(new Antichain(integers))).toThrow(ControlCountError);
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
      { kind: "cancel", sequence: 1, count: 1 },
      { kind: "cancel", cancels: 1, sequence: 1, count: 1 },
      { kind: "cancel", cancels: -1, sequence: 1, count: 1 },
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
