import { describe, expect, it } from "vitest";
import { pipeline, type Rows, rows, Stash, unaryFrontier } from "../../src/index.ts";
import { bench } from "./run.ts";

/** Sends the sum of the records of each window of ten times at its last time. */
const windows = unaryFrontier<number, Rows<number>, Rows<number>>("windows", pipeline, rows<number>(), (initial) => {
  initial.release();
  let stash: Stash<number, { sum: number }> | undefined;
  return (input, output) => {
    stash ??= new Stash(input.frontier.domain, () => ({ sum: 0 }));
    const waiting = stash;
    input.forEach((right, batch) => {
      for (const n of batch.data) waiting.at(right, right.time - (right.time % 10) + 9).sum += n;
    });
    waiting.passed([input.frontier], (capability, { sum }) => output.session(capability).give(sum));
  };
});

describe("Stash", () => {
  it("keeps one value and one capability a time until the time has passed", () => {
    const { worker, input, outputs, probe } = bench<number, number>((stream) => stream.pipe(windows));
    const rest = () => {
      while (worker.isBusy) worker.step();
    };
    input.send(1);
    input.advanceTo(3);
    input.send(2);
    input.flush();
    rest();
    expect(worker.held().filter(({ operator }) => operator === "windows")).toEqual([
      { dataflow: expect.any(String), operator: "windows", time: 9 },
    ]);
    input.advanceTo(11);
    input.send(5);
    input.flush();
    rest();
    expect(outputs).toEqual([[9, 3]]);
    expect(probe.frontier.elements).toEqual([11]);
    input.close();
    worker.run();
    expect(outputs).toEqual([
      [9, 3],
      [19, 5],
    ]);
  });

  it("shows what it keeps", () => {
    const seen: (readonly [number, string[]])[][] = [];
    const { worker, input } = bench<string, string>((stream) =>
      stream.pipe(
        unaryFrontier<number, Rows<string>, Rows<string>>("keep", pipeline, rows<string>(), (initial) => {
          initial.release();
          const stash = new Stash(stream.scope.domain, (): string[] => []);
          return (port) => {
            port.forEach((right, batch) => {
              stash.at(right, right.time + batch.length).push(...batch.data);
            });
            stash.passed([port.frontier], () => {});
            const now: [number, string[]][] = [];
            stash.forEach((time, value) => now.push([time, [...value]]));
            expect(now).toHaveLength(stash.size);
            seen.push(now);
          };
        }),
      ),
    );
    input.send("a", "b");
    input.advanceTo(1);
    input.send("c");
    input.close();
    worker.run();
    expect(seen.flat()).toContainEqual([2, ["a", "b", "c"]]);
    expect(seen.at(-1)).toEqual([]);
  });

  it("refuses a time that the batch gives no right to", () => {
    const { worker, input } = bench<number, number>((stream) =>
      stream.pipe(
        unaryFrontier<number, Rows<number>, Rows<number>>("back", pipeline, rows<number>(), (initial) => {
          initial.release();
          return (port) => {
            const stash = new Stash(port.frontier.domain, () => ({}));
            port.forEach((right) => stash.at(right, right.time - 1));
          };
        }),
      ),
    );
    input.advanceTo(5);
    input.send(1);
    input.close();
    expect(() => worker.run()).toThrow(/operator back .* gives no right to send at integers time 4/);
  });
});
