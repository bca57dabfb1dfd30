// Dropping dataflows from a running worker, and adding others meanwhile.

import { describe, expect, it } from "vitest";
import { createFabrics, openFabric } from "../../src/communication/index.ts";
import {
  byWorker,
  CapabilityError,
  DroppedError,
  exchange,
  GraphError,
  type Input,
  input,
  inspect,
  type Probe,
  probe,
  type Rows,
  rows,
  StalledError,
  solo,
  source,
  Worker,
} from "../../src/index.ts";

interface Fed {
  readonly number: number;
  readonly feed: Input<number, Rows<number>>;
  readonly done: Probe<number>;
  readonly seen: number[];
}

/** A dataflow that moves numbers to the worker of their number. */
function build(worker: Worker): Fed {
  return worker.dataflow(function moving(scope) {
    const seen: number[] = [];
    const feed = input<number>(scope);
    const done = feed.stream.pipe(
      exchange(byWorker((n: number) => n)),
      inspect((n) => seen.push(n)),
      probe(),
    );
    return { number: scope.dataflow, feed, done, seen };
  });
}

/** Workers over tiny rings in this thread, stepped by hand. */
function workersOf(count: number): Worker[] {
  return createFabrics(count, { shared: false, dataRingBytes: 1024, progressRingBytes: 256 }).map(
    (descriptor) => new Worker(openFabric(descriptor)),
  );
}

function rounds(workers: readonly Worker[], count: number): void {
  for (let i = 0; i < count; i++) for (const worker of workers) worker.step();
}

describe("worker.drop", () => {
  it("ends one of several dataflows, and throws where it is used afterwards", () => {
    const worker = solo();
    const [first, second] = [build(worker), build(worker)];
    expect(worker.installed()).toEqual([
      { number: 0, name: "moving" },
      { number: 1, name: "moving" },
    ]);
    first.feed.send(0);
    const held = worker.drop(first.number);
    expect(held).toEqual([{ operator: "input", time: 0, reason: "fed from outside" }]);
    expect(worker.installed().map(({ number }) => number)).toEqual([1]);
    expect(() => first.feed.send(0)).toThrow(DroppedError);
    expect(() => first.feed.advanceTo(3)).toThrow(/operator input of dataflow moving on worker 0: .*dropped/);
    expect(() => first.done.lessThan(1)).toThrow(DroppedError);
    expect(() => worker.stepWhile(() => first.done.lessThan(1))).toThrow(DroppedError);
    first.feed.close();
    worker.drop(first.number);
    const third = build(worker);
    for (const { feed } of [second, third]) {
      feed.send(0, 0);
      feed.close();
    }
    worker.run();
    expect([first.seen, second.seen, third.seen]).toEqual([[], [0, 0], [0, 0]]);
    worker.drop(second.number); // ended long ago
    expect(() => worker.drop(3)).toThrow(GraphError);
    expect(() => second.feed.send(1)).toThrow(CapabilityError);
  });

  it("may be asked by an operator of the dataflow itself, which ends its turn first", () => {
    const worker = solo();
    let turns = 0;
    let kept: { time: number; clone(): unknown } | undefined;
    worker.dataflow((scope) => {
      source(scope, rows<number>(), (capability, info) => (output) => {
        turns += 1;
        info.activate();
        if (turns === 3) worker.drop(scope.dataflow);
        output.session(capability).give(turns);
        kept = capability;
      }).pipe(probe());
    });
    worker.run();
    expect(turns).toBe(3);
    expect(worker.installed()).toEqual([]);
    expect(() => kept?.clone()).toThrow(DroppedError);
  });

  it("discards what others still send for it, and lets other dataflows go on", () => {
    const workers = workersOf(3);
    const first = workers.map(build);
    const second = workers.map(build);
    for (let i = 0; i < 300; i++) {
      for (const each of first) each.feed.send(i % 3);
      if (i % 10 === 0) rounds(workers.slice(1), 1); // the first worker's rings fill up
    }
    workers[0]?.drop(0);
    rounds(workers, 3);
    for (const each of first.slice(1)) each.feed.send(0, 1, 2);
    rounds(workers, 3);
    workers[2]?.drop(0);
    for (const each of second) {
      each.feed.send(0, 1, 2);
      each.feed.close();
    }
    rounds(workers, 200);
    expect(second.map((each) => each.seen)).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(workers.map((worker) => worker.installed().map(({ number }) => number))).toEqual([[], [0], []]);
    // The last worker of the dataflow finds out that nobody is left, instead of waiting for ever.
    expect(first[1]?.done.lessThan(1)).toBe(true);
    expect(() => workers[1]?.run()).toThrow(StalledError);
    expect(() => workers[1]?.run()).toThrow(/moving was dropped on every other worker/);
    workers[1]?.drop(0);
    rounds(workers, 20);
    expect(workers.some((worker) => worker.hasDataflows || !worker.isFlushed)).toBe(false);
  });

  it("gives back the memory of rings that its batches stood on", () => {
    const workers = workersOf(2);
    const dataflows = workers.map(build);
    for (let round = 0; round < 50; round++) {
      dataflows[0]?.feed.send(...Array.from({ length: 40 }, () => 1));
      workers[0]?.step();
    }
    workers[1]?.drop(0);
    rounds(workers, 400);
    expect(workers[0]?.isFlushed).toBe(true);
    workers[0]?.drop(0);
    rounds(workers, 20);
    expect(workers.some((worker) => worker.hasDataflows || !worker.isFlushed)).toBe(false);
  });
});
