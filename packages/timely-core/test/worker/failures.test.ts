// Everything that can go wrong in a run of several threads, each in the one typed error that it ends with: which dataflow, which operator,
// which worker. No run hangs and no process stays: each of these is a process that ends by itself. They import the built package.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { input, OverflowError, type PlacedError, probe, rows, solo } from "../../src/index.ts";

const file = fileURLToPath(new URL("./fixtures/failures.mjs", import.meta.url));

/** Runs a way to fail until its process ends by itself, or until its standard error says something and it is killed. */
function run(
  way: string,
  until?: RegExp,
): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [file, way], { timeout: 60_000 }, (error, out, err) => {
      if (error?.killed && until === undefined) reject(new Error(`did not end: ${out}${err}`));
      else resolve({ code: child.exitCode, out, err });
    });
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
      if (until?.test(said)) child.kill();
    });
  });
}

describe("a run of two threads ends in one typed error", () => {
  it.each([
    ["throws", "OPERATOR", /worker 1: operator map of dataflow orders on worker 1: no 13 please/],
    ["backwards", "CAPABILITY", /worker 1: operator input of dataflow orders on worker 1: .*can't be used at .*4/],
    ["closed", "CAPABILITY", /worker 1: operator input of dataflow orders on worker 1: this input was closed/],
    [
      "overflows",
      "OVERFLOW",
      /worker 1: operator input of dataflow orders on worker 1: .*data 1->0 would queue \d+ bytes .*limit of 16384/,
    ],
    ["dies", undefined, /worker 1: its thread ended \(exit code 9\)/],
  ])("when a worker %s", async (way, cause, message) => {
    const { code, out } = await run(way);
    const error = JSON.parse(out);
    expect(error).toMatchObject({ name: "WorkerError", code: "WORKER", worker: 1 });
    expect(error.cause).toBe(cause);
    expect(error.message).toMatch(message);
    expect(code).toBe(0); // nothing kept the process
  });

  it("and ends by itself when nothing goes wrong", async () => {
    const { code, out } = await run("nothing");
    expect(JSON.parse(out)).toEqual({ ended: true });
    expect(code).toBe(0);
  });
});

describe("a capability that is never released", () => {
  it("is reported in development, by threads that sleep as well", async () => {
    const { err } = await run(
      "leaks",
      /worker 0 has held[\s\S]*worker 1 has held|worker 1 has held[\s\S]*worker 0 has held/,
    );
    for (const worker of [0, 1]) {
      expect(err).toMatch(`operator hoards of dataflow orders on worker ${worker} has held a capability for 0`);
    }
  });

  it("on one worker ends what waits for it", () => {
    const worker = solo();
    const done = worker.dataflow(function orders(scope) {
      return input(scope, rows<number>(), "orders").stream.pipe(probe());
    });
    expect(() => worker.stepWhile(() => !done.done)).toThrow(/orders of orders holds 0/);
  });
});

describe("OverflowError", () => {
  it("is the cause of the error that names the operator, and keeps its code", async () => {
    const { createFabrics, openFabric } = await import("../../src/communication/index.ts");
    const { broadcast, Worker } = await import("../../src/index.ts");
    const [fabric] = createFabrics(2, { shared: false, dataRingBytes: 1024, overflowLimit: 2048 });
    const worker = new Worker(openFabric(fabric as NonNullable<typeof fabric>));
    const feed = worker.dataflow((scope) => {
      const feed = input<string>(scope);
      feed.stream.pipe(broadcast(), probe());
      return feed;
    });
    let caught: unknown;
    try {
      for (let i = 0; i < 100; i++) {
        feed.send("x".repeat(200));
        feed.flush();
        worker.step();
      }
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: "OVERFLOW", place: { operator: "input", worker: 0 } });
    expect((caught as PlacedError).cause).toBeInstanceOf(OverflowError);
  });
});
