import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CapabilityError,
  columns,
  delay,
  delayBatch,
  input,
  inspect,
  inspectBatch,
  OperatorError,
  probe,
  solo,
  u32,
  utf8,
} from "../../../src/index.ts";
import { bench, outputsOf } from "../run.ts";

describe("delay", () => {
  it("moves each record to the time that the function returns", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.array(fc.nat(5), { maxLength: 5 })), { maxLength: 6 }), (steps) => {
        let time = 0;
        const fed = steps.map(([gap, records]): [number, ...number[]] => {
          time += gap;
          return [time, ...records];
        });
        const expected = fed.flatMap(([at, ...records]) => records.map((n) => [at + n, n]));
        const outputs = outputsOf<number, number>(fed, (stream) => stream.pipe(delay((n: number, at) => at + n)));
        const order = ([a, x]: readonly number[], [b, y]: readonly number[]) =>
          (a as number) - (b as number) || (x as number) - (y as number);
        expect([...outputs].sort(order)).toEqual(expected.sort(order));
        // Sent in the order of times, once each has passed.
        expect(outputs.map(([at]) => at)).toEqual(outputs.map(([at]) => at).sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  it("sends when the time has passed, and not before", () => {
    const { worker, input, outputs, probe } = bench<number, number>((stream) => stream.pipe(delay((n: number) => n)));
    input.send(3, 9);
    input.advanceTo(3);
    while (worker.isBusy) worker.step();
    expect(outputs).toEqual([]);
    expect(probe.frontier.elements).toEqual([3]);
    input.advanceTo(4);
    while (worker.isBusy) worker.step();
    expect(outputs).toEqual([[3, 3]]);
    expect(probe.frontier.elements).toEqual([4]);
    input.close();
    worker.run();
    expect(outputs).toEqual([
      [3, 3],
      [9, 9],
    ]);
  });

  it("moves columns too, in batches of the usual size", () => {
    const worker = solo();
    const lengths: unknown[] = [];
    const records: unknown[] = [];
    const feed = worker.dataflow((scope) => {
      const feed = input(scope, columns({ n: u32, text: utf8 }));
      feed.stream.pipe(
        delay(({ n }, time) => time + (n % 2)),
        inspectBatch((batch, time) => {
          lengths.push([time, batch.length]);
        }),
        inspect((record, time) => records.push([time, record])),
        probe(),
      );
      return feed;
    });
    for (let n = 0; n < 5000; n++) feed.send({ n, text: `#${n}` });
    feed.close();
    worker.run();
    expect(records).toHaveLength(5000);
    expect(records[1]).toEqual([0, { n: 2, text: "#2" }]);
    expect(records.at(-1)).toEqual([1, { n: 4999, text: "#4999" }]);
    expect(lengths).toEqual([
      [0, 2048],
      [0, 452],
      [1, 2048],
      [1, 452],
    ]);
  });

  it("refuses to go back, even to a time that is open already", () => {
    const { worker, input } = bench<number, number>((stream) => stream.pipe(delay((n: number) => n)));
    input.send(5);
    input.advanceTo(6);
    input.send(5);
    input.close();
    expect(() => worker.run()).toThrow(CapabilityError);
    const { worker: second, input: other } = bench<number, number>((stream) =>
      stream.pipe(
        delay((): number => {
          throw new Error("no");
        }),
      ),
    );
    other.send(1);
    other.close();
    expect(() => second.run()).toThrow(OperatorError);
  });
});

describe("delayBatch", () => {
  it("moves whole times", () => {
    const outputs = outputsOf<string, string>(
      [
        [0, "a", "b"],
        [1, "c"],
        [10, "d"],
      ],
      (stream) => stream.pipe(delayBatch((time) => time - (time % 10) + 9)),
    );
    expect(outputs).toEqual([
      [9, "a"],
      [9, "b"],
      [9, "c"],
      [19, "d"],
    ]);
  });

  it("refuses to go back", () => {
    const { worker, input } = bench<number, number>((stream) => stream.pipe(delayBatch((time) => time - 1)));
    input.advanceTo(3);
    input.send(1);
    input.close();
    expect(() => worker.run()).toThrow(/delayBatch .* at integers time 3 can't be moved to integers time 2/);
  });

  it("keeps columns", () => {
    const worker = solo();
    const found: unknown[] = [];
    const feed = worker.dataflow((scope) => {
      const feed = input(scope, columns({ n: u32 }));
      feed.stream.pipe(
        delayBatch((time) => time + 1),
        inspect((record, time) => found.push([time, record])),
      );
      return feed;
    });
    feed.send({ n: 1 });
    feed.close();
    worker.run();
    expect(found).toEqual([[1, { n: 1 }]]);
  });
});
