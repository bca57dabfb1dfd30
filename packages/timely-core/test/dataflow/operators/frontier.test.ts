// Operators that act on frontiers, from functions: unaryFrontier, binary, binaryFrontier, probe.

import { describe, expect, it } from "vitest";
import {
  binary,
  binaryFrontier,
  type Capability,
  filter,
  map,
  OperatorBuilder,
  pipeline,
  type Rows,
  rows,
  unaryFrontier,
} from "../../../src/index.ts";
import { bench, outputsOf } from "../run.ts";

describe("unaryFrontier", () => {
  it("is activated when its frontier moves, and can act at the end of a time", () => {
    const counts = unaryFrontier<number, Rows<string>, Rows<number>>("count", pipeline, rows<number>(), (initial) => {
      initial.release();
      const open = new Map<number, { capability: Capability<number>; count: number }>();
      return (input, output) => {
        input.forEach((right, batch) => {
          const entry = open.get(right.time) ?? { capability: right.retain(), count: 0 };
          entry.count += batch.length;
          open.set(right.time, entry);
        });
        for (const [time, { capability, count }] of open) {
          if (input.frontier.lessEqual(time)) continue;
          output.session(capability).give(count);
          capability.release();
          open.delete(time);
        }
      };
    });
    const { worker, input, outputs, probe } = bench<string, number>((stream) => stream.pipe(counts));
    input.send("a", "b");
    input.flush();
    while (worker.isBusy) worker.step();
    expect(outputs).toEqual([]);
    input.send("c");
    input.advanceTo(2);
    worker.stepWhile(() => probe.lessThan(2));
    expect(outputs).toEqual([[0, 3]]);
    input.send("d");
    input.close();
    worker.run();
    expect(outputs).toEqual([
      [0, 3],
      [2, 1],
    ]);
  });

  it("gets a capability for the least time, with which it may send by itself", () => {
    const greeting = unaryFrontier<number, Rows<string>, Rows<string>>("greet", pipeline, rows<string>(), (initial) => {
      return (input, output) => {
        if (initial.live) {
          initial.downgrade(4);
          output.session(initial).give("hello");
          initial.release();
        }
        input.forEach(() => {});
      };
    });
    expect(outputsOf<string, string>([[0, "ignored"]], (stream) => stream.pipe(greeting))).toEqual([[4, "hello"]]);
  });
});

describe("binary and binaryFrontier", () => {
  it("read two streams", () => {
    const outputs = outputsOf<number, string>([[1, 1, 2, 3]], (stream) => {
      const even = stream.pipe(filter((n: number) => n % 2 === 0));
      return stream.pipe(
        filter((n: number) => n % 2 === 1),
        binary<number, Rows<number>, Rows<number>, Rows<string>>(
          even,
          "both",
          pipeline,
          pipeline,
          rows<string>(),
          () => {
            return (odds, evens, output) => {
              odds.forEach((right, batch) => {
                for (const n of batch.data) output.session(right).give(`odd ${n}`);
              });
              evens.forEach((right, batch) => {
                for (const n of batch.data) output.session(right).give(`even ${n}`);
              });
            };
          },
        ),
      );
    });
    expect(outputs.map(([time, text]) => `${text} at ${time}`).sort()).toEqual([
      "even 2 at 1",
      "odd 1 at 1",
      "odd 3 at 1",
    ]);
  });

  it("see the frontier of each", () => {
    const seen: string[] = [];
    const { worker, input } = bench<number, number>((stream) => {
      const none = stream.pipe(
        map((n: number) => n),
        filter(() => false),
      );
      return stream.pipe(
        binaryFrontier<number, Rows<number>, Rows<number>, Rows<number>>(
          none,
          "frontiers",
          pipeline,
          pipeline,
          rows<number>(),
          (initial) => {
            initial.release();
            return (first, second) => {
              first.forEach(() => {});
              second.forEach(() => {});
              seen.push(`${first.frontier.elements} ${second.frontier.elements}`);
            };
          },
        ),
      );
    });
    input.send(1);
    input.advanceTo(7);
    input.close();
    worker.run();
    expect(seen[0]).toBe("0 0");
    expect(seen.every((each) => ["0 0", "7 7", "7 0", "0 7", " ", "0 ", " 0"].includes(each))).toBe(true);
  });
});

describe("an operator without notify", () => {
  it("runs for batches and activations, and not for frontiers", () => {
    let runs = 0;
    let activate = () => {};
    const { worker, input } = bench<number, number>((stream) => {
      const builder = new OperatorBuilder(stream.scope, "quiet");
      const port = builder.input(stream, pipeline);
      activate = () => builder.info.activate();
      builder.build(
        () => () => {
          runs += 1;
          port.forEach(() => {});
        },
        { notify: false },
      );
      return stream;
    });
    const steps = () => {
      while (worker.isBusy) worker.step();
    };
    steps();
    const first = runs;
    input.advanceTo(1);
    steps();
    expect(runs).toBe(first);
    input.send(1);
    input.flush();
    steps();
    expect(runs).toBe(first + 1);
    activate();
    steps();
    expect(runs).toBe(first + 2);
    input.close();
    worker.run();
  });
});

describe("an output that an input never leads to", () => {
  it("is not held back by it", () => {
    const { worker, input, probe } = bench<number, number>((stream) => {
      const builder = new OperatorBuilder(stream.scope, "sink and source");
      const port = builder.input(stream, pipeline);
      const [output, result] = builder.output(rows<number>(), [[]]);
      builder.build(([capability]) => {
        capability?.release();
        return () =>
          port.forEach((right) => {
            expect(() => right.retain()).toThrow(/gives no right/);
            expect(() => output.session(right)).toThrow(/not for this output/);
          });
      });
      return result;
    });
    while (worker.isBusy) worker.step();
    expect(probe.done).toBe(true);
    input.send(1);
    input.close();
    worker.run();
  });
});
