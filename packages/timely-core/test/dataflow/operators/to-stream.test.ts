import { describe, expect, it } from "vitest";
import {
  columns,
  inspect,
  inspectBatch,
  OperatorError,
  probe,
  type Rows,
  solo,
  toStream,
  u32,
  unit,
} from "../../../src/index.ts";

describe("toStream", () => {
  it("sends the records of an iterable in order, at the least time, and ends", () => {
    const worker = solo();
    const found: unknown[] = [];
    const end = worker.dataflow(unit, (scope) =>
      toStream(scope, new Set(["a", "b"])).pipe(
        inspect((record: string, time) => found.push([time, record])),
        probe(),
      ),
    );
    worker.run();
    expect(found).toEqual([
      [null, "a"],
      [null, "b"],
    ]);
    expect(end.done).toBe(true);
  });

  it("takes a large input a few batches at a time", () => {
    const worker = solo();
    const total = 100_000;
    let taken = 0;
    let arrived = 0;
    let most = 0;
    const lengths = new Set<number>();
    function* numbers(): Generator<number> {
      for (; taken < total; taken++) yield taken;
    }
    worker.dataflow((scope) => {
      toStream(scope, numbers()).pipe(
        inspectBatch((batch: Rows<number>) => {
          most = Math.max(most, taken - arrived);
          for (let i = 0; i < batch.length; i++)
            if (batch.get(i) !== arrived + i) throw new Error(`${batch.get(i)} came`);
          arrived += batch.length;
          lengths.add(batch.length);
        }),
        probe(),
      );
    });
    expect(taken).toBe(0);
    worker.run();
    expect(arrived).toBe(total);
    expect(most).toBeLessThanOrEqual(8 * 1024);
    expect([...lengths]).toEqual([1024, total % 1024]);
  });

  it("fills columns, and may be empty", () => {
    const worker = solo();
    const found: unknown[] = [];
    worker.dataflow((scope) => {
      toStream(scope, [{ n: 1 }, { n: 2 }], columns({ n: u32 })).pipe(inspect((record) => found.push(record)));
      toStream(scope, []).pipe(inspect((record) => found.push(record)));
    });
    worker.run();
    expect(found).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("reports what the iterable throws", () => {
    const worker = solo();
    function* broken(): Generator<number> {
      yield 1;
      throw new Error("the file ends here");
    }
    worker.dataflow((scope) => {
      toStream(scope, broken()).pipe(probe());
    });
    expect(() => worker.run()).toThrow(OperatorError);
  });
});
