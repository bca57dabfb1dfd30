// Capabilities: what they allow, what they refuse, and that frontiers stand still while they are held.

import { beforeEach, describe, expect, it } from "vitest";
import {
  Capability,
  CapabilityError,
  type InputCapability,
  integers,
  OperatorBuilder,
  type OutputPort,
  type Probe,
  type Product,
  pair,
  pipeline,
  probe,
  product,
  type Rows,
  rows,
  solo,
  unary,
  type Worker,
} from "../../src/index.ts";
import { bench } from "./run.ts";

type Point = Product<number, number>;

/** An operator that hands everything it has to the test. */
interface Source {
  readonly worker: Worker;
  readonly capability: Capability<Point>;
  readonly other: Capability<Point>;
  readonly output: OutputPort<Point, Rows<string>>;
  readonly probe: Probe<Point>;
}

function source(): Source {
  const worker = solo();
  return worker.dataflow(product(integers, integers), function planar(scope) {
    const builder = new OperatorBuilder(scope, "source");
    const [output, stream] = builder.output(rows<string>());
    const [, second] = builder.output(rows<string>());
    second.pipe(probe());
    let held: Capability<Point>[] = [];
    builder.build((capabilities) => {
      held = capabilities;
      return () => {};
    });
    const [capability, other] = held as [Capability<Point>, Capability<Point>];
    return { worker, capability, other, output, probe: stream.pipe(probe()) };
  });
}

function steps(worker: Worker): void {
  while (worker.isBusy) worker.step();
}

describe("Capability", () => {
  let it0: Source;
  beforeEach(() => {
    it0 = source();
  });

  it("starts at the least time and holds the frontier there", () => {
    steps(it0.worker);
    expect(it0.capability.time).toEqual(pair(0, 0));
    expect(it0.probe.frontier.elements).toEqual([pair(0, 0)]);
    expect(it0.probe.lessEqual(pair(0, 0))).toBe(true);
  });

  it("lets the frontier follow as it is moved, and ends it when released", () => {
    it0.capability.downgrade(pair(1, 2));
    steps(it0.worker);
    expect(it0.probe.frontier.elements).toEqual([pair(1, 2)]);
    const branch = it0.capability.delayed(pair(3, 2));
    it0.capability.downgrade(pair(1, 5));
    steps(it0.worker);
    expect(it0.probe.frontier.elements).toHaveLength(2);
    expect(it0.probe.lessThan(pair(3, 3))).toBe(true);
    expect(it0.probe.lessEqual(pair(2, 4))).toBe(false);
    it0.capability.release();
    steps(it0.worker);
    expect(it0.probe.frontier.elements).toEqual([pair(3, 2)]);
    branch.release();
    it0.other.release();
    it0.worker.run();
    expect(it0.probe.done).toBe(true);
  });

  it.each([pair(0, 2), pair(1, 1), pair(0, 9)])("can't be used at %j once it is at (1, 2)", (time) => {
    it0.capability.downgrade(pair(1, 2));
    expect(() => it0.capability.downgrade(time)).toThrow(CapabilityError);
    expect(() => it0.capability.delayed(time)).toThrow(/not at or after it/);
    expect(it0.capability.time).toEqual(pair(1, 2));
  });

  it("can't be used after its release, which may be repeated", () => {
    const session = it0.output.session(it0.capability);
    it0.capability.release();
    it0.capability.release();
    expect(it0.capability.live).toBe(false);
    expect(() => it0.capability.downgrade(pair(5, 5))).toThrow(CapabilityError);
    expect(() => it0.capability.delayed(pair(5, 5))).toThrow(CapabilityError);
    expect(() => it0.capability.clone()).toThrow(/was released/);
    expect(() => it0.output.session(it0.capability)).toThrow(CapabilityError);
    expect(() => session.give("late")).toThrow(CapabilityError);
  });

  it("is for one output only", () => {
    expect(() => it0.output.session(it0.other)).toThrow(/is not for this output/);
    expect(it0.capability.isFor(it0.output)).toBe(true);
    expect(source().capability.isFor(it0.output)).toBe(false);
  });

  it("ends its sessions when it moves", () => {
    const session = it0.output.session(it0.capability);
    session.give("on time");
    it0.capability.downgrade(pair(0, 1));
    expect(() => session.give("late")).toThrow(/open a new session/);
    expect(() => it0.output.session(it0.capability).give("again")).not.toThrow();
  });

  it("has clones that live on their own, and ends with a using block", () => {
    {
      using clone = it0.capability.clone();
      it0.capability.downgrade(pair(4, 4));
      expect(clone.time).toEqual(pair(0, 0));
      steps(it0.worker);
      expect(it0.probe.frontier.elements).toEqual([pair(0, 0)]);
    }
    steps(it0.worker);
    expect(it0.probe.frontier.elements).toEqual([pair(4, 4)]);
  });

  it("is listed as held, with the name of its operator", () => {
    it0.other.release();
    it0.capability.downgrade(pair(2, 1));
    expect(it0.worker.held()).toEqual([{ dataflow: "planar", operator: "source", time: pair(2, 1) }]);
  });

  it("names operator, dataflow and worker in errors", () => {
    it0.capability.release();
    let caught: unknown;
    try {
      it0.capability.clone();
    } catch (error) {
      caught = error;
    }
    expect((caught as CapabilityError).place).toEqual({ dataflow: "planar", operator: "source", worker: 0 });
    expect((caught as CapabilityError).message).toContain("operator source of dataflow planar on worker 0");
    expect((caught as CapabilityError).code).toBe("CAPABILITY");
  });
});

describe("InputCapability", () => {
  it("gives capabilities at the time of the batch and later, and only while the batch is read", () => {
    const kept: Capability<number>[] = [];
    const rights: InputCapability<number>[] = [];
    const { worker, input, outputs, probe } = bench<string, string>((stream) =>
      stream.pipe(
        unary<number, Rows<string>, Rows<string>>("keeper", pipeline, rows<string>(), () => (port, output) => {
          port.forEach((right) => {
            rights.push(right);
            expect(right.live).toBe(true);
            expect(right.time).toBe(3);
            expect(() => right.delayed(2)).toThrow(CapabilityError);
            expect(() => right.retain(1)).toThrow(/output 1/);
            kept.push(right.retain(), right.delayed(7));
          });
          for (const capability of kept.splice(1, 1)) {
            output.session(capability).give(`at ${capability.time}`);
            capability.release();
          }
        }),
      ),
    );
    input.advanceTo(3);
    input.send("x");
    input.close();
    steps(worker);
    expect(outputs).toEqual([[7, "at 7"]]);
    expect(probe.frontier.elements).toEqual([3]);
    const [right] = rights as [InputCapability<number>];
    expect(right.live).toBe(false);
    expect(() => right.retain()).toThrow(/retain\(\) it/);
    expect(kept[0]).toBeInstanceOf(Capability);
    kept[0]?.release();
    worker.run();
    expect(probe.done).toBe(true);
  });
});
