// Inputs: sending, advancing and closing.

import { describe, expect, it } from "vitest";
import {
  CapabilityError,
  columns,
  input,
  inspect,
  integers,
  pair,
  probe,
  product,
  Rows,
  solo,
  u32,
  utf8,
} from "../../src/index.ts";
import { bench } from "./run.ts";

const same = <S>(stream: S): S => stream;

describe("Input", () => {
  it("sends at its current time, which starts at the least one", () => {
    const { worker, input, outputs, probe } = bench<string, string>(same);
    expect(input.time).toBe(0);
    input.send("a", "b");
    input.advanceTo(4);
    expect(input.time).toBe(4);
    input.sendBatch(new Rows(["c"]));
    input.sendBatch(new Rows<string>([]));
    input.send("d");
    worker.stepWhile(() => probe.lessThan(4));
    expect(outputs.slice(0, 2)).toEqual([
      [0, "a"],
      [0, "b"],
    ]);
    expect(probe.lessEqual(4)).toBe(true);
    input.close();
    worker.run();
    expect(outputs.slice(2)).toEqual([
      [4, "c"],
      [4, "d"],
    ]);
    expect(probe.done).toBe(true);
  });

  it("keeps records back until it is flushed, full, moved or closed", () => {
    const { worker, input, outputs } = bench<number, number>(same);
    const steps = () => {
      while (worker.isBusy) worker.step();
    };
    steps();
    input.send(1);
    steps();
    expect(outputs).toHaveLength(0);
    input.flush();
    steps();
    expect(outputs).toHaveLength(1);
    for (let i = 0; i < 3000; i++) input.send(i);
    steps();
    expect(outputs.length).toBeGreaterThanOrEqual(2049);
    input.close();
    steps();
    expect(outputs).toHaveLength(3001);
  });

  it("refuses to go back, or on after its end", () => {
    const { worker, input } = bench<number, number>(same);
    input.advanceTo(5);
    input.advanceTo(5);
    expect(() => input.advanceTo(4)).toThrow(CapabilityError);
    expect(input.time).toBe(5);
    expect(input.closed).toBe(false);
    input.close();
    input.close();
    expect(input.closed).toBe(true);
    expect(() => input.send(1)).toThrow(/closed/);
    expect(() => input.sendBatch(new Rows([1]))).toThrow(CapabilityError);
    expect(() => input.advanceTo(6)).toThrow(CapabilityError);
    worker.run();
  });

  it("refuses a time that is not at or after its own in a partial order", () => {
    const worker = solo();
    const { source, end } = worker.dataflow(product(integers, integers), (scope) => {
      const source = input<number, { outer: number; inner: number }>(scope);
      return { source, end: source.stream.pipe(probe()) };
    });
    source.advanceTo(pair(1, 1));
    expect(() => source.advanceTo(pair(2, 0))).toThrow(CapabilityError);
    source.advanceTo(pair(1, 2));
    worker.stepWhile(() => end.lessThan(pair(1, 2)));
    source.close();
    worker.run();
  });

  it("closes at the end of a using block", () => {
    const { worker, input, probe } = bench<number, number>(same);
    {
      using source = input;
      source.send(1);
    }
    worker.run();
    expect(probe.done).toBe(true);
  });

  it("takes columns", () => {
    const worker = solo();
    const seen: unknown[] = [];
    const layout = columns({ id: u32, name: utf8 });
    worker.dataflow((scope) => {
      using source = input(scope, layout, "people");
      source.stream.pipe(inspect((record) => seen.push(record)));
      source.send({ id: 1, name: "Ada" }, { id: 2, name: "Zoë" });
    });
    worker.run();
    expect(seen).toEqual([
      { id: 1, name: "Ada" },
      { id: 2, name: "Zoë" },
    ]);
  });
});
