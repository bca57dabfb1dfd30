import { describe, expect, it } from "vitest";
import { Activity, Meter } from "../../src/progress/activity.ts";

/** A clock of which every look takes `look`, and operators that take what they are told. */
function bench(look: number) {
  let time = 0;
  let looks = 0;
  const meter = new Meter(() => {
    looks += 1;
    time += look / 2;
    const seen = time;
    time += look / 2;
    return seen;
  });
  const activity = new Activity();
  activity.grow(3);
  const before = looks;
  return {
    meter,
    activity,
    looks: () => looks - before,
    run(node: number, takes: number, more = false): boolean {
      return meter.run(activity, node, {
        schedule: () => {
          time += takes;
          return more;
        },
      });
    },
  };
}

describe("an operator's time is estimated from some of its runs", () => {
  it("counts every run and hands its answer on", () => {
    const { run, activity } = bench(0.001);
    for (let i = 0; i < 1000; i++) {
      expect(run(1, 0.001, i % 3 === 0)).toBe(i % 3 === 0);
      expect(activity.runs(1)).toBe(i + 1);
    }
    expect([0, 1, 2, 7].map((node) => activity.runs(node))).toEqual([0, 1000, 0, 0]);
  });

  it.each([
    ["even", () => 0.01],
    ["alternating", (i: number) => (i % 2 === 0 ? 0.001 : 0.021)],
    ["once in a hundred long", (i: number) => (i % 100 === 0 ? 1 : 0.001)],
    ["with a period of 64", (i: number) => (i % 64 < 8 ? 0.08 : 0.001)],
  ])("within a tenth: %s", (_, takes) => {
    const { run, activity } = bench(0.0001);
    let truth = 0;
    for (let i = 0; i < 50_000; i++) {
      truth += takes(i);
      run(2, takes(i));
    }
    expect((activity.busy[2] as number) / truth).toBeGreaterThan(0.9);
    expect((activity.busy[2] as number) / truth).toBeLessThan(1.1);
  });

  it("looks at the clock seldom when runs are short, and always when they are long", () => {
    const short = bench(0.00005);
    for (let i = 0; i < 64_000; i++) short.run(1, 0.0001);
    expect(short.looks()).toBeLessThan(2 * 64_000 * 0.025);
    expect(short.looks()).toBeGreaterThan(2 * 64_000 * 0.01);
    const long = bench(0.00005);
    for (let i = 0; i < 1000; i++) long.run(1, 0.1);
    expect(long.looks()).toBe(2000);
  });

  it("times every run when every run is asked for, and tells when it was", () => {
    const { run, meter, activity } = bench(0);
    const told: number[][] = [];
    meter.report((_, node, start, duration, runs) => told.push([node, start, duration, runs]), true);
    for (let i = 0; i < 4; i++) run(1, 2 ** i);
    expect(told).toEqual([
      [1, 0, 1, 1],
      [1, 1, 2, 1],
      [1, 3, 4, 1],
      [1, 7, 8, 1],
    ]);
    expect(activity.busy[1]).toBe(15);
  });

  it("keeps what it has when there are more operators", () => {
    const { run, activity } = bench(0);
    run(1, 5);
    activity.grow(10);
    run(9, 7);
    expect([activity.busy[1], activity.busy[9], activity.runs(1)]).toEqual([5, 7, 1]);
  });
});
