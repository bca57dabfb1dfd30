import { describe, expect, it } from "vitest";
import {
  columns,
  concat,
  f64,
  input,
  inspect,
  inspectBatch,
  map,
  mapColumnsInPlace,
  mapInPlace,
  type Rows,
  Rows as RowsBatch,
  solo,
  u32,
} from "../../../src/index.ts";
import { bench, outputsOf } from "../run.ts";

describe("mapInPlace", () => {
  it("does what map does", () => {
    const fed = [
      [0, 1, 2],
      [3, 4],
    ] as const;
    const tenfold = (n: number) => n * 10;
    expect(outputsOf<number, number>(fed, (stream) => stream.pipe(mapInPlace(tenfold)))).toEqual(
      outputsOf<number, number>(fed, (stream) => stream.pipe(map(tenfold))),
    );
  });

  it("uses the batch's own array where nobody else holds it", () => {
    const data = [1, 2, 3];
    let seen: readonly number[] = [];
    const { worker, input } = bench<number, number>((stream) =>
      stream.pipe(
        mapInPlace((n: number) => -n),
        inspectBatch((batch: Rows<number>) => {
          seen = batch.data;
          expect(seen).toEqual([-1, -2, -3]);
        }),
      ),
    );
    input.sendBatch(new RowsBatch(data));
    input.close();
    worker.run();
    expect(seen).toBe(data);
  });

  it("leaves alone what another operator reads", () => {
    const outputs = outputsOf<number, number>([[0, 1, 2]], (stream) =>
      stream.pipe(
        mapInPlace((n: number) => n + 10),
        concat(stream, stream.pipe(mapInPlace((n: number) => n + 20))),
      ),
    );
    expect(outputs.map(([, n]) => n).sort((a, b) => a - b)).toEqual([1, 2, 11, 12, 21, 22]);
  });
});

describe("mapColumnsInPlace", () => {
  it("lets a kernel change columns", () => {
    const worker = solo();
    const layout = columns({ n: u32, half: f64 });
    const found: unknown[] = [];
    const feed = worker.dataflow((scope) => {
      const feed = input(scope, layout);
      feed.stream.pipe(
        mapColumnsInPlace<number, typeof layout.types>(({ n, half }, length) => {
          for (let i = 0; i < length; i++) half[i] = (n[i] as number) / 2;
        }),
        concat(feed.stream),
        inspect((record) => found.push(record)),
      );
      return feed;
    });
    feed.send({ n: 1, half: 0 }, { n: 3, half: 0 });
    feed.close();
    worker.run();
    expect(found).toHaveLength(4);
    for (const each of [
      { n: 1, half: 0 },
      { n: 3, half: 0 },
      { n: 1, half: 0.5 },
      { n: 3, half: 1.5 },
    ]) {
      expect(found).toContainEqual(each);
    }
  });
});
