// Timers of a worker: their order, and that a worker that sleeps wakes for them, whichever way it runs.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { probe, rows, type Scope, solo, source } from "../../src/index.ts";
import { Timers } from "../../src/worker/timers.ts";

describe("Timers", () => {
  it("fire what is due, in order of moment and then of setting, as sorting would", () => {
    const step = fc.oneof(fc.record({ set: fc.nat(20) }), fc.record({ fire: fc.nat(20) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const timers = new Timers();
        const fired: number[] = [];
        const expected: number[] = [];
        let waiting: { at: number; id: number }[] = [];
        steps.forEach((each, id) => {
          if ("set" in each) {
            timers.set(each.set, () => fired.push(id));
            waiting.push({ at: each.set, id });
          } else {
            timers.fire(each.fire);
            const due = waiting.filter(({ at }) => at <= each.fire);
            due.sort((a, b) => a.at - b.at || a.id - b.id);
            expected.push(...due.map((timer) => timer.id));
            waiting = waiting.filter(({ at }) => at > each.fire);
          }
          expect(fired).toEqual(expected);
          expect(timers.next).toBe(Math.min(Number.POSITIVE_INFINITY, ...waiting.map(({ at }) => at)));
        });
      }),
    );
  });

  it("leave for the next time what is set while they fire", () => {
    const timers = new Timers();
    const fired: string[] = [];
    timers.set(1, () => {
      fired.push("first");
      timers.set(1, () => fired.push("second"));
    });
    timers.fire(1);
    expect(fired).toEqual(["first"]);
    timers.fire(1);
    expect(fired).toEqual(["first", "second"]);
  });
});

/** Sends three records, some milliseconds apart. */
function ticking(scope: Scope<number>, sent: number[]): void {
  source(scope, rows<number>(), (capability, info) => (output) => {
    output.session(capability).give(capability.time);
    sent.push(capability.time);
    if (capability.time === 2) return capability.release();
    capability.downgrade(capability.time + 1);
    info.activateAfter(5);
  }).pipe(probe());
}

describe("activateAfter", () => {
  it("wakes a worker that blocks its thread", () => {
    const sent: number[] = [];
    const worker = solo();
    worker.dataflow((scope) => ticking(scope, sent));
    const start = performance.now();
    worker.run();
    expect(sent).toEqual([0, 1, 2]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(9);
  });

  it("wakes a worker that shares its thread with an event loop", async () => {
    const sent: number[] = [];
    const worker = solo();
    worker.dataflow((scope) => ticking(scope, sent));
    await worker.runAsync();
    expect(sent).toEqual([0, 1, 2]);
  });

  it("goes by the worker's clock", () => {
    let clock = 0;
    const sent: number[] = [];
    const worker = solo({ now: () => clock });
    worker.dataflow((scope) => ticking(scope, sent));
    for (let i = 0; i < 5; i++) worker.step();
    expect(sent).toEqual([0]);
    expect(worker.nextTimer).toBe(5);
    expect(worker.isBusy).toBe(false);
    clock = 5;
    expect(worker.isBusy).toBe(true);
    worker.step();
    expect(sent).toEqual([0, 1]);
  });
});
