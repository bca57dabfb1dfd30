// The programs of examples/, as a user runs them: built, in a process of their own, on one worker and on two.
import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { RandomNumbers } from "../examples/dataflows/random-numbers.ts";
import { type Edge, neighbours } from "./examples/random-graph.ts";
import { distances } from "./oracle/breadth-first.ts";
import { countComponents } from "./oracle/components.ts";
import { denseRanks } from "./oracle/dense-ranks.ts";

const folder = fileURLToPath(new URL("../examples/dist", import.meta.url));

/** Runs an example; `line` is its command line. */
function start(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const [example, ...args] = line.split(" ");
  return new Promise((resolve) => {
    execFile(process.execPath, [`${folder}/${example}.js`, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** What an example that ends well prints. */
async function run(line: string): Promise<string[]> {
  const { code, stdout, stderr } = await start(line);
  expect({ code, stderr }, line).toEqual({ code: 0, stderr: "" });
  return stdout.trimEnd().split("\n");
}

/** How often all numbers below `limit` are halved or tripled until they are at most 1. */
function collatzTurns(limit: number): number {
  let turns = 0;
  for (let start = 0; start < limit; start++) {
    let n = start;
    do {
      n = n % 2 === 0 ? n / 2 : 3 * n + 1;
      turns += 1;
    } while (n > 1);
  }
  return turns;
}

/** The graph that `workers` draw together. */
function drawn(nodes: number, edges: number, workers: number): Edge[] {
  return Array.from({ length: workers }, (_, worker) => {
    const numbers = new RandomNumbers(worker, workers);
    return Array.from({ length: edges / workers }, () => ({ from: numbers.below(nodes), to: numbers.below(nodes) }));
  }).flat();
}

const latencies = /^(\d+) records passed; p50 [\d.]+ us, p99 [\d.]+ us, p99.9 [\d.]+ us, max [\d.]+ us$/;

describe.each([1, 2])("on %i workers", (workers) => {
  const each = Array.from({ length: workers }, (_, worker) => worker);

  it("hello greets every number on the worker that it names", async () => {
    const expected = Array.from({ length: 10 }, (_, n) => `worker ${n % workers}: hello ${n}`);
    expect(await run(`hello -w ${workers}`)).toEqual(expected.sort());
  });

  it("wordcount counts every word of every worker, round by round", async () => {
    const lines = await run(`wordcount 3 -w ${workers}`);
    const totals = new Map<string, number>();
    const expected: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (const word of each.flatMap(() => `round ${round} of all rounds`.split(" "))) {
        totals.set(word, (totals.get(word) ?? 0) + 1);
        expected.push(`round ${round}: ${word} ${totals.get(word)}`);
      }
    }
    expect(lines.map((line) => line.replace(/^worker \d, /, "")).sort()).toEqual(expected.sort());
  });

  it("exchange brings each number to the worker that it names", async () => {
    const lines = await run(`exchange 5000 20 -w ${workers}`);
    expect(lines.map((line) => line.replace(/[\d.]+ million/, "many"))).toEqual(
      each.map((worker) => `worker ${worker} received 100000 records; it sent many a second`),
    );
  });

  it("pingpong sends every record round and out", async () => {
    const lines = await run(`pingpong 100 10 -w ${workers}`);
    expect(lines[0]).toBe("10 records arrived");
    expect(lines[1]).toMatch(/^[\d.]+ us a turn$/);
  });

  it("barrier goes through all iterations", async () => {
    const lines = await run(`barrier 200 -w ${workers}`);
    expect(lines).toHaveLength(workers);
    for (const line of lines) expect(line).toMatch(/^worker \d: 200 iterations in \d+ steps, [\d.]+ us an iteration$/);
  });

  it("event-driven sends its records through all maps", async () => {
    const lines = await run(`event-driven 7 5 100 record -w ${workers}`);
    expect(lines).toHaveLength(2 * workers);
    expect(lines.filter((line) => line.endsWith(" us a round; 100 records arrived"))).toHaveLength(workers);
    const quiet = await run(`event-driven 7 5 100 -w ${workers}`);
    expect(quiet.filter((line) => line.endsWith(" us a round; 0 records arrived"))).toHaveLength(workers);
  });

  it("openloop measures every record's latency", async () => {
    const [summary = "", ...lines] = await run(`openloop 2000 1 -w ${workers}`);
    expect(summary).toMatch(latencies);
    expect(latencies.exec(summary)?.[1]).toBe("2000");
    expect(lines.at(-1)).toMatch(/^[\d.]+ us: 0\.000000 take longer$/);
  });

  it("loopdemo sends every number round until it reaches 1", async () => {
    const [turns, summary = ""] = await run(`loopdemo 500 1 -w ${workers}`);
    expect(turns).toBe(`${collatzTurns(500)} turns`);
    expect(latencies.exec(summary)?.[1]).toBe("500");
  });

  it("bfs reaches each node on its level", async () => {
    const lines = await run(`bfs 2000 6000 -w ${workers}`);
    const found = [...distances(neighbours(drawn(2000, 6000, workers), 2000), [0]).values()];
    const levels = Array.from({ length: Math.max(...found) + 1 }, (_, level) => {
      return `level ${level} has ${found.filter((each) => each === level).length} nodes`;
    });
    const printed = lines.map((line) => line.replace(/^[\d.]+ ms: /, ""));
    expect(printed.slice(0, levels.length)).toEqual(levels);
    expect(printed.at(-2)).toBe(`${found.length} of 2000 nodes reached`);
    expect(printed.at(-1)).toMatch(/^[\d.]+ million edges a second$/);
  });

  it("unionfind finds the components", async () => {
    const lines = await run(`unionfind 3000 3000 100 -w ${workers}`);
    const components = countComponents(drawn(3000, 3000, workers), 3000);
    expect(lines[0]).toBe(`${3000 - components} edges span the graph: ${components} components`);
    expect(lines[1]).toMatch(/^[\d.]+ million edges a second$/);
  });

  it("pagerank loads a graph and keeps its ranks current", async () => {
    const lines = await run(`pagerank 500 2000 50 -w ${workers}`);
    expect(lines[0]).toMatch(/^[\d.]+ ms to load the edges$/);
    expect(lines[1]).toMatch(/^[\d.]+ us a replacement, the first ones while ranks settle$/);
    expect(lines[2]).toMatch(/^[\d.]+ ms in all$/);
    // Each worker's first 50 edges were replaced by the 50 that it would have drawn next.
    const counts = Array.from({ length: 500 }, () => Array.from({ length: 500 }, () => 0));
    const own = 2000 / workers + 50;
    drawn(500, own * workers, workers).forEach(({ from, to }, i) => {
      const row = counts[from] as number[];
      if (i % own >= 50) row[to] = (row[to] as number) + 1;
    });
    const expected = denseRanks(counts).reduce((sum, rank) => sum + rank, 0);
    const sum = Number(/^ranks add up to (\d+)$/.exec(lines[3] ?? "")?.[1]);
    expect(Math.abs(sum / expected - 1)).toBeLessThan(0.002);
  });

  it("hashjoin pairs all values of equal keys", async () => {
    const lines = await run(`hashjoin 300 2000 400 -w ${workers}`);
    const counts = [new Map<number, number>(), new Map<number, number>()] as const;
    for (const worker of each) {
      const numbers = new RandomNumbers(worker, workers);
      for (let left = 2000 / workers; left > 0; left -= 400) {
        for (const side of counts) {
          for (let i = 0; i < Math.min(left, 400); i++) {
            const key = numbers.below(300);
            numbers.below(300);
            side.set(key, (side.get(key) ?? 0) + 1);
          }
        }
      }
    }
    const pairs = [...counts[0]].reduce((sum, [key, count]) => sum + count * (counts[1].get(key) ?? 0), 0);
    expect(lines.slice(0, -2)).toHaveLength(workers * Math.ceil(2000 / workers / 400));
    expect(lines.at(-2)).toBe(`${pairs} pairs`);
    expect(lines.at(-1)).toMatch(/^[\d.]+ million values a second$/);
  });

  it("capture-send writes streams that capture-recv replays on any number of workers", async () => {
    const captured = path.join(mkdtempSync(path.join(tmpdir(), "limmat-captured-")), "streams");
    const sent = await run(`capture-send ${captured} 2 -w ${workers}`);
    expect(sent.map((line) => line.replace(/\d+ bytes/, "some bytes"))).toEqual(
      each.map((worker) => `worker ${worker} captured 20 records in some bytes`),
    );
    const expected = each.flatMap((worker) =>
      [0, 1].flatMap((time) =>
        Array.from({ length: 10 }, (_, n) => `replayed ${100 * time + 10 * worker + n} at ${time}`),
      ),
    );
    for (const readers of [1, 2, 3]) {
      const replayed = await run(`capture-recv ${workers} ${captured} -w ${readers}`);
      expect(replayed.sort()).toEqual(expected.sort());
    }
  });

  it("dynamic counts for each query what passed while it was there", async () => {
    const lines = await run(`dynamic 6 2 -w ${workers}`);
    // The query of round r sees rounds r to r + 2, or to the last one.
    const counts = Array.from({ length: 6 }, (_, round) => {
      const factor = round + 2;
      const passed = Array.from({ length: 1000 * Math.min(3, 6 - round) }, (_, n) => 1000 * round + n);
      return `multiples of ${factor}: ${passed.filter((n) => n % factor === 0).length}`;
    });
    expect(lines.slice(0, 6)).toEqual(counts);
    expect(lines.slice(6).map((line) => line.replace(/[\d.]+ us/, "some us"))).toEqual(
      each.map((worker) => `worker ${worker}: 2 dataflows left in the end; adding one took some us`),
    );
  });
});

describe("the command line", () => {
  it("says what an example takes", async () => {
    const { code, stdout } = await start("event-driven --help");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^usage: node event-driven\.js \[DATAFLOWS=10\] \[LENGTH=10\] \[ROUNDS=10000\] \[record\] \[-w WORKERS=1\]\n/,
    );
  });

  it.each([
    ["barrier many", "barrier: ITERATIONS is a whole number, not many"],
    ["barrier 1 2", "barrier: 2 is not what this takes"],
    ["barrier -w 0", "-w or LIMMAT_WORKERS"],
    ["barrier --fast", "barrier: --fast is not what this takes"],
  ])("refuses %s", async (line, why) => {
    const { code, stdout, stderr } = await start(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(why);
    expect(stderr).toContain("usage: node barrier.js");
  });
});
