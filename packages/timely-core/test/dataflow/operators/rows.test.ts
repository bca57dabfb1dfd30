// Operators on rows, one record after the other, on one worker.

import { describe, expect, it } from "vitest";
import {
  broadcast,
  concat,
  exchange,
  filter,
  flatMap,
  inspect,
  inspectBatch,
  map,
  type Rows,
} from "../../../src/index.ts";
import { bench, outputsOf } from "../run.ts";

const batches = [
  [0, 1, 2],
  [3, 3],
] as const;

describe("map, flatMap, filter", () => {
  it("map replaces each record, at its time", () => {
    expect(outputsOf<number, string>(batches, (stream) => stream.pipe(map((n) => `#${n}`)))).toEqual([
      [0, "#1"],
      [0, "#2"],
      [3, "#3"],
    ]);
  });

  it("flatMap replaces each record by any number of others", () => {
    const repeated = outputsOf<number, number>(batches, (stream) =>
      stream.pipe(flatMap((n: number) => Array.from({ length: n - 1 }, () => n))),
    );
    expect(repeated).toEqual([
      [0, 2],
      [3, 3],
      [3, 3],
    ]);
  });

  it("filter keeps records for which the condition holds", () => {
    expect(outputsOf<number, number>(batches, (stream) => stream.pipe(filter((n: number) => n !== 2)))).toEqual([
      [0, 1],
      [3, 3],
    ]);
  });
});

describe("inspect and inspectBatch", () => {
  it("show what passes, and pass it on", () => {
    const records: unknown[] = [];
    const lengths: unknown[] = [];
    const outputs = outputsOf<number, number>(batches, (stream) =>
      stream.pipe(
        inspect((n: number, time) => records.push([time, n])),
        inspectBatch((batch: Rows<number>, time) => {
          lengths.push([time, batch.length]);
        }),
      ),
    );
    expect(records).toEqual(outputs);
    expect(lengths).toEqual([
      [0, 2],
      [3, 1],
    ]);
  });
});

describe("concat", () => {
  it("has the records of all its streams, one of them twice if it is given twice", () => {
    const outputs = outputsOf<number, number>([[0, 1]], (stream) => {
      const tenfold = stream.pipe(map((n: number) => n * 10));
      return stream.pipe(concat(tenfold, stream));
    });
    expect(outputs.map(([, n]) => n).sort()).toEqual([1, 1, 10]);
    expect(outputsOf<number, number>([[0, 1]], (stream) => stream.pipe(concat()))).toEqual([[0, 1]]);
  });

  it("has the earliest of its streams' frontiers", () => {
    const { worker, input, probe } = bench<number, number>((stream) => stream.pipe(concat(stream)));
    input.advanceTo(2);
    while (worker.isBusy) worker.step();
    expect(probe.frontier.elements).toEqual([2]);
    input.close();
    worker.run();
  });
});

describe("exchange and broadcast on one worker", () => {
  it("leave records where they are", () => {
    const outputs = outputsOf<number, number>(batches, (stream) =>
      stream.pipe(
        exchange((n: number) => n),
        broadcast(),
      ),
    );
    expect(outputs).toEqual([
      [0, 1],
      [0, 2],
      [3, 3],
    ]);
  });
});
