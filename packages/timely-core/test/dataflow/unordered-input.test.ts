import { describe, expect, it } from "vitest";
import {
  type Capability,
  CapabilityError,
  columns,
  inspect,
  integers,
  pair,
  probe,
  product,
  type Rows,
  solo,
  type UnorderedInput,
  u32,
  unorderedInput,
} from "../../src/index.ts";

function build() {
  const worker = solo();
  const outputs: [number, string][] = [];
  const parts = worker.dataflow((scope) => {
    const [input, capability]: readonly [UnorderedInput<number, Rows<string>>, Capability<number>] =
      unorderedInput<string>(scope);
    const end = input.stream.pipe(
      inspect((record: string, time) => outputs.push([time, record])),
      probe(),
    );
    return { input, capability, probe: end };
  });
  const rest = () => {
    while (worker.isBusy) worker.step();
  };
  return { worker, outputs, rest, ...parts };
}

describe("unorderedInput", () => {
  it("is fed at any time that a held capability allows", () => {
    const { worker, outputs, rest, input, capability, probe } = build();
    const five = capability.delayed(5);
    const three = capability.delayed(3);
    capability.release();
    input.send(five, "e");
    input.send(three, "c");
    rest();
    expect(outputs).toEqual([
      [5, "e"],
      [3, "c"],
    ]);
    expect(probe.frontier.elements).toEqual([3]);
    three.downgrade(8);
    input.send(five, "f");
    rest();
    expect(probe.frontier.elements).toEqual([5]);
    input.send(three, "h");
    five.release();
    three.release();
    worker.run();
    expect(outputs.slice(2)).toEqual([
      [5, "f"],
      [8, "h"],
    ]);
    expect(probe.done).toBe(true);
  });

  it("hands on what was sent with the next step, or at once by flush()", () => {
    const { worker, outputs, rest, input, capability } = build();
    rest();
    input.send(capability, "a");
    expect(worker.isBusy).toBe(true);
    rest();
    expect(outputs).toEqual([[0, "a"]]);
    input.send(capability, "b");
    input.flush();
    rest();
    expect(outputs).toHaveLength(2);
    capability.release();
    worker.run();
  });

  it("refuses a capability that was released, or is another input's", () => {
    const { worker, input, capability } = build();
    const other = build();
    expect(() => input.send(other.capability, "x")).toThrow(CapabilityError);
    capability.release();
    expect(() => input.send(capability, "x")).toThrow(/operator unorderedInput .* was released/);
    worker.run();
    other.capability.release();
    other.worker.run();
  });

  it("takes batches of columns, at partially ordered times", () => {
    const worker = solo();
    const layout = columns({ n: u32 });
    const outputs: unknown[] = [];
    const plane = product(integers, integers);
    const [input, first] = worker.dataflow(plane, (scope) => {
      const start = unorderedInput(scope, layout, "points");
      start[0].stream.pipe(inspect(({ n }, { outer, inner }) => outputs.push([outer, inner, n])));
      return start;
    });
    const right = first.delayed(pair(0, 1));
    const left = first.delayed(pair(1, 0));
    first.release();
    const builder = layout.builder();
    builder.push({ n: 7 });
    input.sendBatch(right, builder.finish());
    input.send(left, { n: 8 });
    left.release();
    right.release();
    worker.run();
    expect(outputs).toEqual([
      [0, 1, 7],
      [1, 0, 8],
    ]);
  });
});
