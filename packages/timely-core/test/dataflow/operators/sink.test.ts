import { describe, expect, it } from "vitest";
import { input, pipeline, type Rows, sink, solo } from "../../../src/index.ts";

describe("sink", () => {
  it("reads a stream and is told of its frontier", () => {
    const worker = solo();
    const found: number[] = [];
    let ended = 0;
    const feed = worker.dataflow((scope) => {
      const feed = input<number>(scope);
      feed.stream.pipe(
        sink<number, Rows<number>>("end", pipeline, () => (port) => {
          port.forEach((_, batch) => {
            found.push(...batch.data);
          });
          if (port.frontier.isEmpty()) ended += 1;
        }),
      );
      return feed;
    });
    feed.send(1, 2);
    feed.advanceTo(1);
    feed.send(3);
    while (worker.isBusy) worker.step();
    expect(ended).toBe(0);
    feed.close();
    worker.run();
    expect(found).toEqual([1, 2, 3]);
    expect(ended).toBeGreaterThan(0);
  });
});
