// Real worker threads, in child processes that import the built package: build before running this.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

function run(fixture: string, ...args: string[]): Promise<unknown> {
  const file = fileURLToPath(new URL(`./fixtures/${fixture}.mjs`, import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(`${error?.message}\n${stdout}\n${stderr}`));
      }
    });
  });
}

describe("execute on worker threads", () => {
  it.each([
    [1, 64],
    [2, 64],
    [2, 0],
    [3, 8],
  ])(
    "moves rows, columns and loops between %i workers (spins %i) and returns what they return",
    async (workers, spins) => {
      const results = (await run("sum", String(workers), String(spins))) as {
        index: number;
        rows: number;
        columns: number;
        looped: number;
      }[];
      expect(results.map(({ index }) => index)).toEqual(Array.from({ length: workers }, (_, i) => i));
      const total = (of: "rows" | "columns" | "looped") => results.reduce((sum, result) => sum + result[of], 0);
      expect(total("rows")).toBe(4950 * 20 * workers);
      expect(total("columns")).toBe(4950 * 20 * workers);
      expect(total("looped")).toBe(100 * 20 * workers);
      for (const { index, rows } of results) {
        const own = Array.from({ length: 100 }, (_, n) => n).filter((n) => n % workers === index);
        expect(rows).toBe(own.reduce((sum, n) => sum + n, 0) * 20 * workers);
      }
    },
  );

  it.each([
    [1, 100, 1024],
    [2, 300, 2 ** 20],
    [3, 200, 512],
  ])(
    "passes blocks between %i workers, and all come back (%i rounds, rings of %i bytes)",
    async (workers, rounds, ring) => {
      const results = (await run("blocks", String(workers), String(rounds), String(ring))) as Record<string, number>[];
      expect(results).toHaveLength(workers);
      for (const [index, { slabs, freed, ...rest }] of results.entries()) {
        const shares = Array.from({ length: workers }, () => true);
        expect(rest).toEqual({ index, checked: rounds * 100, largest: 0, rest: 0, shares, refused: "OUT_OF_MEMORY" });
        expect(freed).toBe(rounds * 50);
        // They did need slabs of the reserve, and others opened blocks in them.
        expect(slabs).toBeGreaterThan(workers);
      }
    },
  );

  it.each([
    ["throws", { code: "WORKER", worker: 1, message: /thrown by worker 1/ }],
    ["exits", { code: "WORKER", worker: 1, message: /exit code 7/ }],
    ["differs", { code: "WORKER", message: /another dataflow/ }],
    ["unserialisable", { code: "WORKER", message: /function/ }],
    ["twice", { code: "LAUNCH", message: /called before/ }],
    ["elsewhere", { code: "LAUNCH", message: /can't import/ }],
    ["typescript", { code: "LAUNCH", message: /compile it to JavaScript/ }],
    ["count", { code: "LAUNCH", message: /from 1 to 64/ }],
  ])("ends in one error when it can't go on: %s", async (way, expected) => {
    const error = (await run("refused", way)) as { code: string; worker?: number; message: string };
    expect(error.code).toBe(expected.code);
    if ("worker" in expected) expect(error.worker).toBe(expected.worker);
    expect(error.message).toMatch(expected.message);
  });
});

describe("launch on worker threads", () => {
  const expected = Array.from({ length: 10 }, (_, time) => [
    [time, "a", 2],
    [time, "b", 1],
    [time, "x", 1],
  ])
    .flat()
    .sort();

  it.each([1, 2, 3])("feeds and reads a dataflow of a module on %i workers", async (workers) => {
    expect(await run("launch", String(workers), "plain")).toEqual(expected);
  });

  it("ends in one error that names the worker when user code throws", async () => {
    expect(await run("launch", "2", "poison")).toMatchObject({ name: "WorkerError", code: "WORKER" });
  });

  it("ends in one error that names the worker when a thread is lost in mid-run", async () => {
    const error = await run("launch", "2", "exit");
    expect(error).toMatchObject({ name: "WorkerError", code: "WORKER", message: expect.stringMatching(/exit code 7/) });
  });
});

describe("snapshots of worker threads", () => {
  it.each([1, 2, 3])("reach the thread that called execute, of %i workers", async (workers) => {
    const told = (await run("observed", String(workers))) as {
      taken: number;
      workers: number[];
      name: string;
      rates: { recordsIn: number; busy: number };
    };
    expect(told.taken).toBeGreaterThan(1);
    expect(told.workers).toEqual(Array.from({ length: workers }, (_, i) => i));
    expect(told.name).toBe("observed");
    expect(told.rates.recordsIn).toBeGreaterThan(0);
    expect(told.rates.busy).toBeGreaterThan(0);
  });

  it.each([1, 2])(
    "answer a client while %i workers are parked, and no longer when they have ended",
    async (workers) => {
      expect(await run("asked", String(workers))).toEqual({
        records: [0, 3, 3],
        workers: Array.from({ length: workers }, (_, i) => i),
        late: "LAUNCH",
      });
    },
  );
});
