// Flow control: a source that is faster than its receiver waits, and memory stays bounded.

import { describe, expect, it } from "vitest";
import { createFabrics, openFabric } from "../../src/communication/index.ts";
import {
  byWorker,
  exchange,
  flowControl,
  GraphError,
  input,
  inspect,
  integers,
  type Probe,
  pair,
  probe,
  product,
  rows,
  solo,
  source,
  Worker,
} from "../../src/index.ts";

describe("flowControl", () => {
  it("keeps a source from flooding a receiver that stands still, and lets it go on afterwards", () => {
    const overflowLimit = 8192;
    const fabrics = createFabrics(2, { shared: false, dataRingBytes: 4096, progressRingBytes: 1024, overflowLimit });
    const links = fabrics.map(openFabric);
    const workers = links.map((fabric) => new Worker(fabric));
    const batches = 2000;
    let received = 0;
    let sent = 0;
    for (const worker of workers) {
      worker.dataflow((scope) => {
        const flow = flowControl(scope, { bytes: 2048 });
        source(scope, rows<string>(), (capability, info) => {
          if (worker.index === 1) capability.release();
          return (output) => {
            if (!capability.live || !flow.ready(capability.time, info)) return;
            output.session(capability).give("x".repeat(300));
            sent += 1;
            if (sent === batches) capability.release();
            info.activate();
          };
        }).pipe(
          exchange(byWorker(() => 1)),
          inspect(() => {
            received += 1;
          }),
          probe(),
        );
      });
    }
    const [sender, receiver] = workers as [Worker, Worker];
    let most = 0;
    for (let round = 0; sender.hasDataflows || receiver.hasDataflows; round++) {
      if (round > 100_000) throw new Error(`stuck at ${sent} sent and ${received} received`);
      for (let i = 0; i < 40; i++) sender.step(); // much faster than the other
      most = Math.max(most, links[0]?.sendData(1).queuedBytes ?? 0);
      if (round % 3 === 0) receiver.step();
    }
    expect(received).toBe(batches);
    // What is over the limit is one batch of one record.
    expect(most).toBeGreaterThan(2048);
    expect(most).toBeLessThan(2048 + 1024);
  });

  it("sleeps until there is credit, and is woken by the receiver", () => {
    const fabrics = createFabrics(2, { shared: true, dataRingBytes: 4096, progressRingBytes: 1024 });
    const [sender, receiver] = fabrics.map((descriptor) => new Worker(openFabric(descriptor))) as [Worker, Worker];
    const [flow, feed] = [sender, receiver].map((worker) =>
      worker.dataflow((scope) => {
        const feed = input<string>(scope);
        feed.stream.pipe(exchange(byWorker(() => 1)), probe());
        return [flowControl(scope, { bytes: 600 }), feed] as const;
      }),
    )[0] as [ReturnType<typeof flowControl<number>>, ReturnType<typeof input<string>>];
    while (flow.ready(0)) {
      feed.send("x".repeat(200));
      feed.flush();
      sender.step();
    }
    while (sender.isBusy) sender.step();
    const bell = new Int32Array(fabrics[0]?.bells[0] as SharedArrayBuffer);
    Atomics.store(bell, 1, 1); // as if it had parked
    const before = Atomics.load(bell, 0);
    expect(sender.isBusy).toBe(false);
    receiver.step();
    expect(Atomics.load(bell, 0)).toBeGreaterThan(before);
    expect(sender.isBusy).toBe(true);
    expect(flow.ready(0)).toBe(true);
  });

  it("bounds how far a source runs ahead of a probe", () => {
    const worker = solo();
    let furthest = 0;
    let times = 0;
    let done: Probe<number> | undefined;
    worker.dataflow((scope) => {
      const flow = flowControl(scope, { probe: () => done as Probe<number>, lag: 3 });
      const numbers = source(scope, rows<number>(), (capability, info) => (output) => {
        while (capability.live && flow.ready(capability.time, info)) {
          output.session(capability).give(1);
          furthest = Math.max(furthest, capability.time - (done?.frontier.elements[0] ?? capability.time));
          times += 1;
          if (capability.time === 40) capability.release();
          else capability.downgrade(capability.time + 1);
        }
      });
      done = numbers.pipe(probe());
    });
    worker.run();
    expect(times).toBe(41);
    expect(furthest).toBe(3);
  });

  it("ends a program's wait in stepWhile, and takes a function for other times than integers", () => {
    const worker = solo();

    const { feed, flow } = worker.dataflow(product(integers, integers), (scope) => {
      const feed = input<number, { outer: number; inner: number }>(scope);
      const done = feed.stream.pipe(probe());
      const flow = flowControl(scope, { probe: done, lag: ({ outer }) => pair(Math.max(0, outer - 1), 0) });
      expect(() => flowControl(scope, { probe: done, lag: 2 }).ready(pair(1, 1))).toThrow(GraphError);
      return { feed, flow };
    });
    for (let round = 1; round < 10; round++) {
      feed.send(round);
      feed.advanceTo(pair(round, 0));
      worker.stepWhile(() => !flow.ready(feed.time));
    }
    feed.close();
    worker.run();
  });
});
