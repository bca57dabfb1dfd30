// The simulator itself: that a seed is the whole of a run, and that runs which can't end are found.

import { describe, expect, it } from "vitest";
import { exchange, input, map, OperatorBuilder, type Rows } from "../../src/index.ts";
import { LivenessError, type Program, Random, simulate } from "../../src/simulation/index.ts";
import { runShape } from "./schedules.ts";
import { shapes } from "./shapes/index.ts";
import { collect } from "./shapes/watch.ts";

/** Everything that two workers saw, in the order in which they saw it. */
function traceOf(seed: number): string[] {
  const trace: string[] = [];
  const program: Program = function* (worker, random) {
    const numbers = worker.dataflow((scope) => {
      const numbers = input<number>(scope);
      numbers.stream.pipe(
        exchange((n: number) => n),
        map((n) => n + 1),
        collect((time, n) => trace.push(`worker ${worker.index}: ${n} at ${time}`)),
      );
      return numbers;
    });
    for (let time = 0; time < 5; time++) {
      numbers.advanceTo(time);
      for (let i = 0; i < 4; i++) numbers.send(random.below(100));
      trace.push(`worker ${worker.index} sent`);
      yield;
    }
    numbers.close();
  };
  trace.push(JSON.stringify(simulate({ seed, workers: 2 }, program)));
  return trace;
}

describe("simulate", () => {
  it("replays a seed exactly", () => {
    for (let seed = 0; seed < 10; seed++) expect(traceOf(seed)).toEqual(traceOf(seed));
  });

  it("runs different seeds differently", () => {
    const traces = new Set(Array.from({ length: 10 }, (_, seed) => traceOf(seed).join()));
    expect(traces.size).toBe(10);
  });

  it("replays every shape with the same coverage", () => {
    for (const shape of shapes) expect(runShape(shape, 7), shape.name).toEqual(runShape(shape, 7));
  });

  it("finds a capability that is never released, and names its holder", () => {
    const program: Program = function* (worker) {
      worker.dataflow((scope) => {
        const builder = new OperatorBuilder(scope, "hoarder");
        builder.output<Rows<number>>(input<number>(scope).stream.layout);
        builder.build(() => () => {});
      });
      yield;
    };
    expect(() => simulate({ seed: 3, workers: 2 }, program)).toThrow(/seed 3: .*hoarder holds 0/);
    expect(() => simulate({ seed: 3, workers: 2 }, program)).toThrow(LivenessError);
  });

  it("finds a dataflow that is not built by all workers", () => {
    const program: Program = function* (worker) {
      yield;
      if (worker.index === 0) worker.dataflow((scope) => input<number>(scope).close());
    };
    expect(() => simulate({ seed: 1, workers: 2 }, program)).toThrow(LivenessError);
  });

  it("finds a run that goes on for ever", () => {
    const program: Program = function* (worker) {
      worker.dataflow((scope) => {
        const builder = new OperatorBuilder(scope, "restless");
        builder.output<Rows<number>>(input<number>(scope).stream.layout);
        builder.build(() => () => builder.info.activate());
      });
      yield;
    };
    expect(() => simulate({ seed: 5, workers: 1, limit: 2000 }, program)).toThrow(/did not end within 2000 actions/);
  });
});

describe("Random", () => {
  it("is the same for the same seed, and spread evenly", () => {
    const a = new Random(2 ** 40 + 1);
    const b = new Random(2 ** 40 + 1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const n = a.below(10);
      expect(b.below(10)).toBe(n);
      counts[n] = (counts[n] as number) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(new Random(1).u32()).not.toBe(new Random(2).u32());
  });

  it("draws shares and items", () => {
    const random = new Random(1);
    expect(Array.from({ length: 100 }, () => random.chance(0))).not.toContain(true);
    expect(Array.from({ length: 100 }, () => random.chance(1))).not.toContain(false);
    expect(new Set(Array.from({ length: 100 }, () => random.pick(["a", "b"])))).toEqual(new Set(["a", "b"]));
  });
});
