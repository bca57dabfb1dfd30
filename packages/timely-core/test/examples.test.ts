// The programs of examples/, as a user runs them: built, in a process of their own, on one worker and on two.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("../examples/dist", import.meta.url));

function run(example: string, ...args: number[]): Promise<string[]> {
  const file = `${folder}/${example}.js`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, ...args.map(String)], { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null && stderr === "") resolve(stdout.trimEnd().split("\n"));
      else reject(new Error(`${error?.message ?? ""}\n${stderr}`));
    });
  });
}

/** How often all of 2 to 1001 are halved or tripled until they reach 1. */
function collatzTurns(): number {
  let turns = 0;
  for (let start = 2; start < 1002; start++) {
    for (let n = start; n > 1; turns++) n = n % 2 === 0 ? n / 2 : 3 * n + 1;
  }
  return turns;
}

describe.each([1, 2])("on %i workers", (workers) => {
  it("hello greets every number on the worker that it names", async () => {
    const expected = Array.from({ length: 10 }, (_, n) => `worker ${n % workers}: hello ${n}`);
    expect(await run("hello", workers)).toEqual(expected.sort());
  });

  it("wordcount counts every word of every worker", async () => {
    const rounds = 5;
    const perWorker = Array.from({ length: workers }, (_, worker) => worker);
    const words = Array.from({ length: rounds }, (_, round) =>
      perWorker.map((worker) => `round ${round} of worker ${worker} the same words in every round`),
    );
    const counts = new Map<string, number>();
    for (const word of words.flat().join(" ").split(" ")) counts.set(word, (counts.get(word) ?? 0) + 1);
    const lines = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, count]) => `${word}: ${count}`);
    expect(await run("wordcount", workers, rounds)).toEqual(lines);
  });

  it("exchange brings each number to the worker that it names", async () => {
    const lines = await run("exchange", 1000, 20, workers);
    const arrived = Array.from({ length: workers }, (_, worker) => `worker ${worker} received 20000 records`);
    expect(lines.slice(0, workers)).toEqual(arrived);
    expect(lines[workers]).toMatch(/^\d+\.\d\d million records a second$/);
  });

  it("loopdemo sends every number round until it reaches 1", async () => {
    const lines = await run("loopdemo", 2, workers);
    expect(lines[0]).toBe(`${2 * collatzTurns()} turns`);
    expect(lines[1]).toMatch(/^a round took [\d.]+ ms at the median, [\d.]+ ms at most$/);
  });

  it("pingpong sends every record round and out", async () => {
    const lines = await run("pingpong", 100, 10, workers);
    expect(lines[0]).toBe("10 records arrived");
    expect(lines[1]).toMatch(/^[\d.]+ us a turn$/);
  });
});
