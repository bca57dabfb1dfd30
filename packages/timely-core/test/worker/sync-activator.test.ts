// Activation from other threads and from the event loop. Real threads load the built package: build before running this.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type OperatorInfo, probe, rows, solo, source, type Worker } from "../../src/index.ts";

/** A source that sends how many were counted so far, each time it is activated, until all were. */
function counting(worker: Worker, count: () => number, all: number) {
  const seen: number[] = [];
  let info: OperatorInfo | undefined;
  worker.dataflow((scope) => {
    source(scope, rows<number>(), (capability, own) => {
      info = own;
      return (output) => {
        if (!capability.live) return;
        seen.push(count());
        output.session(capability).give(count());
        if (count() === all) capability.release();
      };
    }).pipe(probe());
  });
  return { seen, info: info as OperatorInfo };
}

describe("a sync activator", () => {
  it.each(["block", "event loop"])("loses no activation of another thread: a worker that waits by %s", async (way) => {
    const file = fileURLToPath(new URL("./fixtures/activated.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [file, way], { timeout: 20_000 });
    expect(JSON.parse(stdout)).toEqual({ last: 501 });
  });

  it("of more operators than one piece of flags holds each activates its own", () => {
    const worker = solo();
    const runs = Array.from({ length: 600 }, () => 0);
    const activators = worker.dataflow((scope) =>
      runs.map((_, i) => {
        let own: OperatorInfo | undefined;
        source(scope, rows<number>(), (_, info) => {
          own = info;
          return () => {
            runs[i] = (runs[i] as number) + 1;
          };
        }).pipe(probe());
        return (own as unknown as OperatorInfo).syncActivator();
      }),
    );
    worker.step();
    for (const i of [0, 255, 256, 599]) activators[i]?.activate();
    expect(worker.isBusy).toBe(true);
    worker.step();
    worker.step();
    expect(runs.map((count, i) => (count === 2 ? i : -1)).filter((i) => i >= 0)).toEqual([0, 255, 256, 599]);
    expect(runs.reduce((sum, count) => sum + count)).toBe(604);
  });

  it("does nothing once the dataflow has ended, and then holds nobody up", () => {
    const worker = solo();
    const { info } = counting(worker, () => 1, 1);
    const activator = info.syncActivator();
    worker.run();
    activator.activate();
    worker.step();
    expect(() => worker.stepWhile(() => true)).toThrow(/nothing is left to do/);
  });
});

describe("activate", () => {
  it("wakes a worker that waits in the same event loop", async () => {
    const worker = solo();
    let count = 0;
    const { info, seen } = counting(worker, () => count, 1);
    info.syncActivator(); // so that the worker waits
    setTimeout(() => {
      count = 1;
      info.activate();
    }, 10);
    await worker.runAsync();
    expect(seen).toEqual([0, 1]);
  });
});
