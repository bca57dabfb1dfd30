import { describe, expect, it } from "vitest";
import { accumulate, columns, count, input, inspect, probe, type Rows, solo, u32 } from "../../../src/index.ts";
import { bench, outputsOf } from "../run.ts";

describe("accumulate", () => {
  it("folds the batches of each time, and answers once the time has passed", () => {
    const { worker, input, outputs, probe } = bench<number, readonly number[]>((stream) =>
      stream.pipe(
        accumulate(
          (): number[] => [],
          (all, batch: Rows<number>, time) => [...all, ...batch.data.map((n) => n + 100 * time)],
        ),
      ),
    );
    input.send(1, 2);
    input.flush();
    input.send(3);
    input.flush();
    while (worker.isBusy) worker.step();
    expect(outputs).toEqual([]);
    input.advanceTo(4);
    worker.stepWhile(() => probe.lessThan(4));
    expect(outputs).toEqual([[0, [1, 2, 3]]]);
    input.send(4);
    input.close();
    worker.run();
    expect(outputs.slice(1)).toEqual([[4, [404]]]);
  });

  it("starts every time anew", () => {
    const outputs = outputsOf<number, { sum: number }>([[0, 1], [1, 2], [3]], (stream) =>
      stream.pipe(
        accumulate(
          () => ({ sum: 0 }),
          (total, batch: Rows<number>) => {
            for (const n of batch.data) total.sum += n;
            return total;
          },
        ),
      ),
    );
    expect(outputs).toEqual([
      [0, { sum: 1 }],
      [1, { sum: 2 }],
    ]);
  });
});

describe("count", () => {
  it("counts the records of each time", () => {
    expect(outputsOf<number, number>([[0, 5, 5, 5], [2, 5], [4]], (stream) => stream.pipe(count()))).toEqual([
      [0, 3],
      [2, 1],
    ]);
  });

  it("counts columns too", () => {
    const worker = solo();
    const found: unknown[] = [];
    const feed = worker.dataflow((scope) => {
      const feed = input(scope, columns({ n: u32 }));
      feed.stream.pipe(
        count(),
        inspect((n, time) => found.push([time, n])),
        probe(),
      );
      return feed;
    });
    feed.send({ n: 1 }, { n: 2 });
    feed.close();
    worker.run();
    expect(found).toEqual([[0, 2]]);
  });
});
