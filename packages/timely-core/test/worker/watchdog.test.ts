// The watchdog: what it reports, and everything that it must not take for a forgotten capability.

import { describe, expect, it } from "vitest";
import {
  type Capability,
  capture,
  delay,
  eventLog,
  exchange,
  flowControl,
  input,
  type OperatorInfo,
  type Probe,
  pipeline,
  probe,
  type Rows,
  replay,
  rows,
  type Scope,
  type StuckFrontier,
  sequencer,
  solo,
  source,
  unaryFrontier,
  type Worker,
} from "../../src/index.ts";

/** A worker on a clock of its own, and what its watchdog reported. */
function watched(): { worker: Worker; reports: StuckFrontier[]; pass: (milliseconds: number) => void } {
  let clock = 0;
  const reports: StuckFrontier[] = [];
  const worker = solo({ now: () => clock, stuckAfter: 100, onStuck: (stuck) => reports.push(stuck) });
  const settle = (): void => {
    while (worker.isBusy) worker.step();
    worker.stepOrPark(1);
  };
  settle();
  return {
    worker,
    reports,
    pass(milliseconds) {
      settle();
      clock += milliseconds;
      settle();
    },
  };
}

/** Keeps the capability for a batch that it was told about, and nobody else knows what for. */
function hoarder(hold: (capability: Capability<number>) => void) {
  return unaryFrontier<number, Rows<number>, Rows<number>>("hoarder", pipeline, rows<number>(), (initial) => {
    initial.release();
    return (port) => port.forEach((right) => hold(right.retain()));
  });
}

describe("the watchdog", () => {
  it("reports a forgotten capability once, with dataflow, operator, worker and time", () => {
    const { worker, reports, pass } = watched();
    const feed = worker.dataflow(function orders(scope) {
      const feed = input<number>(scope);
      feed.stream.pipe(
        hoarder(() => {}),
        probe(),
      );
      return feed;
    });
    feed.advanceTo(3);
    feed.send(1);
    for (let i = 0; i < 10; i++) pass(60);
    expect(reports).toEqual([]); // more may come at time 3
    feed.advanceTo(4);
    pass(60);
    pass(60);
    expect(reports).toEqual([]);
    for (let i = 0; i < 10; i++) pass(60);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ place: { dataflow: "orders", operator: "hoarder", worker: 0 }, time: 3 });
    expect(reports[0]?.milliseconds).toBeGreaterThanOrEqual(100);
    expect(reports[0]?.message).toMatch(
      /hoarder of dataflow orders on worker 0 has held a capability for 3 for .*\.named\("why"\)/,
    );
    expect(worker.held()).toEqual([
      { dataflow: "orders", operator: "input", time: 4, reason: "fed from outside" },
      { dataflow: "orders", operator: "hoarder", time: 3 },
    ]);
    worker.drop(0);
  });

  it("does not take a capability with a name for a forgotten one, nor those made from it", () => {
    const { worker, reports, pass } = watched();
    worker.dataflow((scope) => {
      const feed = input<number>(scope);
      feed.stream.pipe(
        hoarder((capability) => capability.named("until the shop closes").delayed(7)),
        probe(),
      );
      feed.send(1);
      feed.close();
    });
    for (let i = 0; i < 10; i++) pass(60);
    expect(reports).toEqual([]);
    expect(worker.held().map(({ time, reason }) => [time, reason])).toEqual([
      [0, "until the shop closes"],
      [7, "until the shop closes"],
    ]);
    expect(() => worker.run()).toThrow(/hoarder of dataflow-0 holds 0 \(until the shop closes\)/);
  });

  const innocents: [string, (scope: Scope<number>, worker: Worker) => void][] = [
    ["an input that the program may still feed", (scope) => void input(scope).stream.pipe(probe())],
    [
      "an operator that waits for its input's time to pass",
      (scope) => {
        const feed = input<number>(scope);
        feed.stream.pipe(
          delay(() => 5),
          exchange((n: number) => n),
          probe(),
        );
        feed.send(1);
        feed.flush();
      },
    ],
    [
      "an operator that does not read what it has",
      (scope) => {
        const feed = input<number>(scope);
        feed.stream.pipe(
          unaryFrontier<number, Rows<number>, Rows<number>>("idler", pipeline, rows<number>(), () => () => {}),
          probe(),
        );
        feed.send(1);
        feed.close();
      },
    ],
    ["a source with a timer", (scope) => timed(scope, (info) => info.activateAfter(1e6))],
    ["a source that another thread activates", (scope) => timed(scope, (info) => void info.syncActivator())],
    [
      "a source that waits for credit",
      (scope) => {
        const held = input<number>(scope);
        const done: Probe<number> = held.stream.pipe(probe());
        const flow = flowControl(scope, { probe: done });
        source(scope, rows<number>(), (capability, info) => () => void flow.ready(capability.time + 9, info)).pipe(
          probe(),
        );
      },
    ],
    [
      "a replay of what is still captured",
      (scope) => void replay(scope, rows(), [eventLog<number, Rows<unknown>>().reader()]),
    ],
    ["a capture", (scope) => void input(scope).stream.pipe(capture(eventLog()))],
  ];
  it.each(innocents)("does not report %s", (_, build) => {
    const { worker, reports, pass } = watched();
    worker.dataflow((scope) => build(scope, worker));
    for (let i = 0; i < 10; i++) pass(60);
    expect(reports).toEqual([]);
    expect(worker.held().length).toBeGreaterThan(0);
  });

  it("does not report a sequencer", () => {
    const { worker, reports, pass } = watched();
    sequencer(worker);
    for (let i = 0; i < 10; i++) pass(60);
    expect(reports).toEqual([]);
  });

  it("wakes a worker that sleeps for its look, and whoever is told may drop what is stuck", () => {
    const reports: StuckFrontier[] = [];
    const worker = solo({
      stuckAfter: 20,
      onStuck: (stuck) => {
        reports.push(stuck);
        worker.drop(0);
      },
    });
    worker.dataflow((scope) => {
      source(scope, rows<number>(), () => () => {}).pipe(probe());
      // Somebody who might call, so that the worker sleeps rather than give up.
      source(scope, rows<number>(), (_, info) => {
        info.syncActivator();
        return () => {};
      }).pipe(probe());
    });
    worker.run();
    expect(reports.map(({ place }) => place.operator)).toEqual(["source"]);
  });
});

function timed(scope: Scope<number>, wait: (info: OperatorInfo) => void): void {
  source(scope, rows<number>(), (_, info) => {
    wait(info);
    return () => {};
  }).pipe(probe());
}
