// Who may use a batch in an operator, and until when (engine rule 6).

import { describe, expect, it } from "vitest";
import {
  type Capability,
  columns,
  input,
  inspectBatch,
  type OutputPort,
  pipeline,
  probe,
  ReleasedBatchError,
  Rows,
  rows,
  type Session,
  solo,
  u32,
  unary,
} from "../../src/index.ts";
import { bench, outputsOf } from "./run.ts";

describe("a batch given to an operator", () => {
  it("can't be used after its callback, unless it was retained", () => {
    const batches: Rows<number>[] = [];
    const kept: Rows<number>[] = [];
    outputsOf<number, number>([[0, 1, 2, 3]], (stream) =>
      stream.pipe(
        inspectBatch((batch: Rows<number>) => {
          batches.push(batch);
        }),
      ),
    );
    outputsOf<number, number>([[0, 1, 2, 3]], (stream) =>
      stream.pipe(
        inspectBatch((batch: Rows<number>) => {
          kept.push(batch.retain());
        }),
      ),
    );
    expect(batches).toHaveLength(1);
    expect(() => batches[0]?.data).toThrow(ReleasedBatchError);
    expect(() => batches[0]?.retain()).toThrow(ReleasedBatchError);
    expect(kept.map((batch) => [...batch.data])).toEqual([[1, 2, 3]]);
    kept[0]?.release();
    expect(() => kept[0]?.data).toThrow(ReleasedBatchError);
  });

  it("of columns can't be used after its callback either", () => {
    const worker = solo();
    const kept: unknown[] = [];
    const passed: { readonly columns: unknown }[] = [];
    const layout = columns({ id: u32 });
    worker.dataflow((scope) => {
      using source = input(scope, layout);
      source.stream.pipe(
        inspectBatch((batch) => {
          passed.push(batch);
          kept.push(batch.retain());
        }),
      );
      source.stream.pipe(
        inspectBatch((batch) => {
          passed.push(batch.copy());
        }),
      );
      source.send({ id: 7 });
    });
    worker.run();
    expect(kept).toHaveLength(1);
    expect(passed).toHaveLength(2);
    expect((kept[0] as { get(i: number): unknown }).get(0)).toEqual({ id: 7 });
  });

  it("is taken as it is by a sole consumer, and copied where others have it", () => {
    const taken: boolean[] = [];
    const negate = unary<number, Rows<number>, Rows<number>>(
      "negate",
      pipeline,
      rows<number>(),
      () => (port, output) => {
        port.forEach((right, batch) => {
          const mine = batch.take();
          taken.push(mine === batch);
          for (let i = 0; i < mine.data.length; i++) mine.data[i] = -(mine.data[i] as number);
          output.session(right).giveBatch(mine);
        });
      },
    );
    expect(outputsOf<number, number>([[0, 1, 2]], (stream) => stream.pipe(negate))).toEqual([
      [0, -1],
      [0, -2],
    ]);
    const seen: number[] = [];
    const shared = outputsOf<number, number>([[0, 1, 2]], (stream) => {
      const result = stream.pipe(negate);
      stream.pipe(
        inspectBatch((batch: Rows<number>) => {
          seen.push(...batch.data);
        }),
        probe(),
      );
      return result;
    });
    expect(shared.map(([, n]) => n)).toEqual([-1, -2]);
    expect(seen).toEqual([1, 2]);
    expect(taken).toEqual([true, false]);
  });

  it("is shared by the consumers of one stream", () => {
    const batches = new Set<unknown>();
    let calls = 0;
    outputsOf<number, number>([[0, 1, 2]], (stream) => {
      for (let i = 0; i < 3; i++) {
        stream.pipe(
          inspectBatch((batch) => {
            batches.add(batch);
            calls += 1;
          }),
        );
      }
      return stream;
    });
    expect(calls).toBe(3);
    expect(batches.size).toBe(1);
  });

  it("is released when nobody reads the stream it is sent to", () => {
    const worker = solo();
    const batch = new Rows([1, 2]);
    worker.dataflow((scope) => {
      using source = input<number>(scope);
      source.sendBatch(batch);
    });
    worker.run();
    expect(() => batch.data).toThrow(ReleasedBatchError);
  });
});

describe("a session", () => {
  it("makes batches of one time each, in the order of sending", () => {
    const sizes: (readonly [number, number])[] = [];
    outputsOf<number, number>([[0, 1, 2, 3]], (stream) => {
      const spread = unary<number, Rows<number>, Rows<number>>(
        "spread",
        pipeline,
        rows<number>(),
        () => (port, output) => {
          port.forEach((right, batch) => {
            const now = output.session(right);
            using later: Capability<number> = right.delayed(5);
            const then = output.session(later);
            for (const n of batch.data) now.give(n);
            now.giveBatch(new Rows([10, 20]));
            then.give(1);
            then.give(2);
            now.give(4);
          });
        },
      );
      return stream.pipe(
        spread,
        inspectBatch((batch: Rows<number>, time) => {
          sizes.push([time, batch.length]);
        }),
      );
    });
    expect(sizes).toEqual([
      [0, 3],
      [0, 2],
      [5, 2],
      [0, 1],
    ]);
  });

  it("of a batch's right ends with its callback", () => {
    let session: Session<number, Rows<number>> | undefined;
    let port: OutputPort<number, Rows<number>> | undefined;
    const { worker, input } = bench<number, number>((stream) =>
      stream.pipe(
        unary<number, Rows<number>, Rows<number>>("leak", pipeline, rows<number>(), () => (reader, output) => {
          reader.forEach((right) => {
            port = output;
            session = output.session(right);
          });
        }),
      ),
    );
    input.send(1);
    input.close();
    worker.run();
    expect(port).toBeDefined();
    expect(() => session?.give(2)).toThrow(/open a new session/);
  });
});
