import { describe, expect, it } from "vitest";
import { input, map, pipeline, probe, rows, solo, unary } from "../../src/index.ts";
import {
  mergeSnapshots,
  type OperatorSnapshot,
  type Snapshot,
  SnapshotError,
  snapshot,
  withRates,
} from "../../src/introspection/index.ts";
import { timeText } from "../../src/introspection/take.ts";
import { simulate } from "../../src/simulation/index.ts";
import { nested, nestedWorker } from "./sample.ts";

function operator(of: Snapshot, address: string): OperatorSnapshot {
  const found = of.dataflows.flatMap(({ operators }) => operators).find((each) => each.address === address);
  if (found === undefined) throw new Error(`there is no operator ${address}`);
  return found;
}

describe("a snapshot of one worker", () => {
  it("tells graph, records, frontiers, what is held and what waits", () => {
    const { worker, numbers } = nestedWorker();
    numbers.send(9, 10);
    numbers.advanceTo(4);
    while (worker.isBusy) worker.step();
    numbers.send(1);
    numbers.flush();
    const taken = snapshot(worker);
    expect(JSON.parse(JSON.stringify(taken))).toEqual(taken);
    expect([taken.version, taken.peers, taken.workers.length]).toEqual([1, 1, 1]);
    const [dataflow] = taken.dataflows;
    expect(dataflow?.name).toBe("loops");
    const rows = dataflow?.operators.map(({ address, name, within, scope }) => `${within} ${address} ${name} ${scope}`);
    expect(rows).toContain("0 0.3 iterate true");
    expect(rows).toContain("0.3 0.3.3 iterate true");
    expect(rows).toContain("0.3.3 0.3.3.4 filter false");
    const source = operator(taken, "0.1");
    expect(source.outputs).toEqual([
      { frontier: [{ workers: [0], times: ["4"] }], records: 3, batches: 2, waiting: 0 },
    ]);
    expect(source.held).toEqual([{ worker: 0, time: "4", count: 1 }]);
    expect(operator(taken, "0.2").inputs[0]).toMatchObject({ records: 2, waiting: 1 });
    expect(operator(taken, "0.3.3.4").inputs[0]?.frontier).toEqual([{ workers: [0], times: ["(4, 0, 0)"] }]);
    // What enters and leaves a scope is what operators on both sides sent.
    const loop = operator(taken, "0.3");
    expect([loop.inputs[0]?.records, loop.outputs[0]?.records]).toEqual([2, 2]);
    const channels = new Map(dataflow?.channels.map((each) => [`${each.from.operator}>${each.to.operator}`, each]));
    expect(channels.get("0.1>0.2")).toMatchObject({ pact: "exchange", records: 3, within: "0" });
    expect(channels.get("0.2>0.3")).toMatchObject({ pact: "pipeline", records: 2 });
    expect(channels.get("0.3>0.3.2")).toMatchObject({ records: 2, within: "0.3" });
    expect(channels.get("0.3>0.4")?.records ?? channels.get("0.3>0.5")?.records).toBe(2);
    numbers.close();
    worker.run();
    expect(snapshot(worker).dataflows).toEqual([]);
  });

  it("shows frontiers that are done, and times as they are read", () => {
    const { worker, numbers } = nestedWorker();
    const second = worker.dataflow((scope) => input(scope));
    numbers.close();
    while (worker.isBusy) worker.step();
    expect(snapshot(worker).dataflows.map(({ address }) => address)).toEqual(["1"]);
    second.close();
    expect(timeText({ outer: { outer: 1, inner: 2 }, inner: 3 })).toBe("(1, 2, 3)");
    expect(timeText({ outer: { major: 1 }, inner: 7n })).toBe('({"major":1}, 7)');
    expect(timeText(null)).toBe("null");
    expect(timeText(undefined)).toBe("undefined");
  });

  it("has operators timed from the first one on", () => {
    const worker = solo();
    const feed = worker.dataflow((scope) => {
      const feed = input<number>(scope);
      feed.stream.pipe(
        map((n) => {
          const end = performance.now() + 2;
          while (performance.now() < end);
          return n;
        }),
        unary("idle", pipeline, rows<number>(), () => (port) => port.forEach(() => {})),
      );
      return feed;
    });
    const run = () => {
      for (let i = 0; i < 5; i++) {
        feed.send(i);
        feed.advanceTo(feed.time + 1);
        while (worker.isBusy) worker.step();
      }
    };
    run();
    const first = snapshot(worker);
    expect(operator(first, "0.2").workers[0]).toMatchObject({ activations: 0, busy: 0, recordsIn: 5, recordsOut: 5 });
    run();
    const rated = withRates(snapshot(worker), first);
    const [share] = operator(rated, "0.2").workers;
    expect(share?.busy).toBeGreaterThanOrEqual(9);
    expect(share?.activations).toBeGreaterThanOrEqual(5);
    expect(operator(rated, "0.2").rates?.busy).toBeGreaterThan(operator(rated, "0.3").rates?.busy ?? 1);
    feed.close();
    worker.run();
  });
});

describe("snapshots of several workers", () => {
  /** Snapshots of three workers in the middle of a simulated run. */
  function three(seed: number): Snapshot[] {
    const taken: Snapshot[] = [];
    simulate({ seed, workers: 3 }, function* (worker) {
      const numbers = worker.dataflow(function loops(scope) {
        return nested(scope);
      });
      for (let i = 0; i < 8; i++) {
        numbers.send(i);
        numbers.advanceTo(i + 1);
        yield;
      }
      taken[worker.index] = snapshot(worker);
      numbers.close();
    });
    return taken;
  }

  it("merge into sums, whatever their order, with frontiers side by side where they differ", () => {
    let differ = 0;
    for (let seed = 0; seed < 20; seed++) {
      const parts = three(seed);
      const whole = mergeSnapshots(parts);
      expect(mergeSnapshots([...parts].reverse())).toEqual(whole);
      expect(whole.workers.map(({ worker }) => worker)).toEqual([0, 1, 2]);
      expect(operator(whole, "0.1").outputs[0]?.records).toBe(24);
      for (const { address, workers, inputs } of whole.dataflows[0]?.operators ?? []) {
        expect(workers.map(({ worker }) => worker)).toEqual([0, 1, 2]);
        inputs.forEach((each, i) => {
          const alone = parts.map((part) => operator(part, address).inputs[i]);
          expect(each.records).toBe(alone.reduce((sum, port) => sum + (port?.records ?? 0), 0));
          expect(each.frontier.flatMap((seen) => seen.workers).sort()).toEqual([0, 1, 2]);
          for (const { workers: seers, times } of each.frontier) {
            for (const worker of seers) expect(alone[worker]?.frontier[0]?.times).toEqual(times);
          }
          if (each.frontier.length > 1) differ += 1;
        });
      }
    }
    expect(differ).toBeGreaterThan(0);
  });

  it("that don't belong together are refused", () => {
    const [first] = three(1) as [Snapshot, Snapshot, Snapshot];
    expect(() => mergeSnapshots([])).toThrow(SnapshotError);
    expect(() => mergeSnapshots([first, first])).toThrow("two of the snapshots to merge are of worker 0");
    expect(() => mergeSnapshots([first, { ...first, version: 2 as 1 }])).toThrow("the versions 1 and 2");
  });
});

describe("rates between two snapshots", () => {
  /** A worker's snapshot of one operator, made by hand. */
  const made = (worker: number, at: number, records: number, busy: number): Snapshot => ({
    version: 1,
    workers: [{ worker, at }],
    peers: 2,
    dataflows: [
      {
        address: "0",
        name: "made",
        operators: [
          {
            address: "0.1",
            name: "one",
            within: "0",
            scope: false,
            inputs: [],
            outputs: [],
            held: [],
            heldCount: 0,
            workers: [{ worker, activations: records, busy, recordsIn: records, recordsOut: 2 * records }],
          },
        ],
        channels: [],
      },
    ],
  });

  it("are sums over the workers, over the time that passed on their own clocks", () => {
    const before = mergeSnapshots([made(0, 1000, 10, 5), made(1, 77_000, 100, 0)]);
    const after = mergeSnapshots([made(0, 3000, 30, 1005), made(1, 79_000, 140, 2000)]);
    expect(operator(withRates(after, before), "0.1").rates).toEqual({
      recordsIn: 30, // (20 + 40) in 2 s
      recordsOut: 60,
      activations: 30,
      busy: 0.75, // half of one worker's time and all of the other's
    });
  });

  it("leave out workers that only one of them has, and are none without time or a common worker", () => {
    const before = made(0, 1000, 10, 5);
    const after = mergeSnapshots([made(0, 2000, 15, 5), made(1, 9, 1000, 1000)]);
    expect(operator(withRates(after, before), "0.1").rates).toMatchObject({ recordsIn: 5, busy: 0 });
    expect(operator(withRates(made(1, 1, 1, 1), before), "0.1").rates).toBeUndefined();
    expect(operator(withRates(before, before), "0.1").rates).toBeUndefined();
  });
});

it("a probe of the run is not changed by looking", () => {
  const looked = solo();
  const done = looked.dataflow((scope) => input<number>(scope).stream.pipe(probe()));
  for (let i = 0; i < 3; i++) snapshot(looked);
  expect(done.frontier.elements).toEqual([0]);
});
