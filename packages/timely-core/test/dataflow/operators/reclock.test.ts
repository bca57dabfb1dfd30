import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Input,
  input,
  inspect,
  integers,
  pair,
  probe,
  product,
  type Rows,
  reclock,
  solo,
  type TimeDomain,
} from "../../../src/index.ts";

/** A stream of numbers, a clock, and what comes of them. */
function build<T>(domain: TimeDomain<T>) {
  const worker = solo();
  const outputs: [T, number][] = [];
  const parts = worker.dataflow(domain, (scope) => {
    const data: Input<T, Rows<number>> = input<number, T>(scope);
    const clock: Input<T, Rows<string>> = input<string, T>(scope);
    const end = data.stream.pipe(
      reclock(clock.stream),
      inspect((record: number, time) => outputs.push([time, record])),
      probe(),
    );
    return { data, clock, probe: end };
  });
  const rest = () => {
    while (worker.isBusy) worker.step();
  };
  return { worker, outputs, rest, ...parts };
}

describe("reclock", () => {
  it("sends each record at the first tick at or after its time", () => {
    const times = fc.array(fc.nat(12), { maxLength: 8 }).map((each) => each.sort((a, b) => a - b));
    fc.assert(
      fc.property(times, times, (dataTimes, ticks) => {
        const { worker, outputs, data, clock } = build(integers);
        for (const time of dataTimes) {
          data.advanceTo(time);
          data.send(time);
        }
        for (const tick of ticks) {
          clock.advanceTo(tick);
          clock.send("tick");
        }
        data.close();
        clock.close();
        worker.run();
        const expected = dataTimes.flatMap((time) => {
          const tick = ticks.find((each) => each >= time);
          return tick === undefined ? [] : [[tick, time]];
        });
        expect(outputs).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("waits for both streams to pass the tick", () => {
    const { worker, outputs, rest, data, clock, probe } = build(integers);
    data.send(1);
    clock.advanceTo(3);
    clock.send("tick");
    clock.advanceTo(9);
    rest();
    expect(outputs).toEqual([]);
    data.advanceTo(3);
    data.send(2);
    rest();
    expect(outputs).toEqual([]);
    data.advanceTo(4);
    rest();
    expect(outputs).toEqual([
      [3, 1],
      [3, 2],
    ]);
    expect(probe.frontier.elements).toEqual([4]);
    data.close();
    clock.close();
    worker.run();
  });

  it("drops what no tick comes after, and keeps nothing once the clock has ended", () => {
    const { worker, outputs, rest, data, clock } = build(integers);
    data.send(1);
    clock.close();
    rest();
    data.send(2);
    rest();
    data.close();
    worker.run();
    expect(outputs).toEqual([]);
  });

  it("sends each record once, at a tick at or after it, where times are partially ordered", () => {
    const plane = product(integers, integers);
    const points = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 6 });
    fc.assert(
      fc.property(points, points, (steps, tickSteps) => {
        const { worker, outputs, data, clock } = build(plane);
        const walk = (each: readonly (readonly [number, number])[]) => {
          let at = pair(0, 0);
          return each.map(([a, b]) => {
            at = pair(at.outer + a, at.inner + b);
            return at;
          });
        };
        const times = walk(steps);
        const ticks = walk(tickSteps);
        times.forEach((time, n) => {
          data.advanceTo(time);
          data.send(n);
        });
        for (const tick of ticks) {
          clock.advanceTo(tick);
          clock.send("tick");
        }
        data.close();
        clock.close();
        worker.run();
        const due = times.flatMap((time, n) => (ticks.some((tick) => plane.lessEqual(time, tick)) ? [n] : []));
        expect(outputs.map(([, n]) => n).sort((a, b) => a - b)).toEqual(due);
        for (const [tick, n] of outputs) {
          expect(plane.lessEqual(times[n] as (typeof times)[number], tick)).toBe(true);
          expect(ticks).toContainEqual(tick);
        }
      }),
      { numRuns: 60 },
    );
  });
});
