import { describe, expect, it } from "vitest";
import { inspect, probe, solo, stateMachine, unorderedInput } from "../../../src/index.ts";
import { outputsOf } from "../run.ts";

type Event = readonly [key: string, amount: number];

const balance = () =>
  stateMachine({
    key: ([key]: Event) => key,
    initial: () => 0,
    step(sum: number, [key, amount], give: (line: string) => void, time: number) {
      give(`${key} ${sum + amount} at ${time}`);
      return amount === 0 ? undefined : sum + amount;
    },
  });

describe("stateMachine", () => {
  it("keeps a state for each key over times, until it is done", () => {
    const events = [
      [0, ["a", 1], ["b", 5]],
      [2, ["a", 2]],
      [3, ["a", 0], ["a", 7], ["b", 1]],
    ] as const satisfies readonly [number, ...Event[]][];
    const outputs = outputsOf<Event, string>(events, (stream) => stream.pipe(balance()));
    expect(outputs).toEqual([
      [0, "a 1 at 0"],
      [0, "b 5 at 0"],
      [2, "a 3 at 2"],
      [3, "a 3 at 3"],
      [3, "a 7 at 3"],
      [3, "b 6 at 3"],
    ]);
  });

  it("applies a time that nothing earlier can precede at once, and lets later ones wait", () => {
    const worker = solo();
    const lines: string[] = [];
    const { feed, first } = worker.dataflow((scope) => {
      const [feed, first] = unorderedInput<Event>(scope);
      feed.stream.pipe(
        balance(),
        inspect((line: string) => lines.push(line)),
        probe(),
      );
      return { feed, first };
    });
    const rest = () => {
      while (worker.isBusy) worker.step();
    };
    const ten = first.delayed(10);
    const twenty = first.delayed(20);
    feed.send(twenty, ["a", 400]);
    feed.send(ten, ["a", 20]);
    feed.send(first, ["a", 1]);
    rest();
    expect(lines).toEqual(["a 1 at 0"]);
    feed.send(first, ["a", 2]);
    rest();
    expect(lines.slice(1)).toEqual(["a 3 at 0"]);
    first.release();
    twenty.release();
    rest();
    // 10 is the earliest now, so what comes is applied; what had come before waits for its end.
    feed.send(ten, ["a", 10]);
    rest();
    expect(lines.slice(2)).toEqual(["a 13 at 10"]);
    ten.release();
    worker.run();
    expect(lines.slice(3)).toEqual(["a 33 at 10", "a 433 at 20"]);
  });

  it("keeps a state of null", () => {
    let started = 0;
    const outputs = outputsOf<number, unknown>([[0, 1, 1, 1]], (stream) =>
      stream.pipe(
        stateMachine({
          key: (n: number) => n,
          initial: (): number | null => {
            started += 1;
            return 0;
          },
          step: (state, _, give: (output: unknown) => void) => {
            give(state);
            return null;
          },
        }),
      ),
    );
    expect(started).toBe(1);
    expect(outputs.map(([, state]) => state)).toEqual([0, null, null]);
  });
});
