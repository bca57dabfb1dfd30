// Real worker threads, in child processes that import the built package: build before running this.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readTopology } from "../../src/formats/index.ts";
import { parseGenerator } from "../../src/generators/index.ts";
import type { Topology } from "../../src/network/index.ts";
import { hasSharedData, seededChangeStream, sharedData, skipNote } from "../oracle/index.ts";
import { replayScript, somePairs, withoutMilliseconds } from "./replay-script.ts";

function run(source: string, workers: number, input: readonly string[]): Promise<string[]> {
  const file = fileURLToPath(new URL("./fixtures/replay.mjs", import.meta.url));
  return new Promise((resolve, reject) => {
    const options = { timeout: 60_000, maxBuffer: 2 ** 26 };
    const child = execFile(process.execPath, [file, source, String(workers)], options, (error, stdout, stderr) => {
      if (error !== null || stderr !== "") reject(new Error(`${error?.message}\n${stderr}`));
      else resolve(stdout.split("\n").slice(0, -1));
    });
    child.stdin?.end(input.join("\n"));
  });
}

async function expectOracle(source: string, topology: Topology, workers: number): Promise<void> {
  const epochs = seededChangeStream(topology, 77 + workers, { epochs: 12, weights: "decimal" });
  const { lines, expected } = replayScript(topology, epochs, somePairs(40, workers));
  const output = (await run(source, workers, lines)).map(withoutMilliseconds);
  for (const [i, line] of expected.entries()) expect(output[i]).toBe(line);
  expect(output).toHaveLength(expected.length);
}

describe("replay on worker threads", () => {
  it.each([
    ["abilene", 1],
    ["fat-tree:8", 2],
    ["grid:12x12", 3],
  ])("equals the oracle on %s with %i workers", async (spec, workers) => {
    await expectOracle(spec, parseGenerator(spec).generate(), workers);
  });

  describe.skipIf(!hasSharedData)(`on real topologies${skipNote}`, () => {
    it.each([
      ["topology-zoo", "Geant2012.graphml"],
      ["topology-zoo", "Cogentco.graphml"],
      ["topohub", "gabriel-100-3.json"],
    ] as const)("equals the oracle on %s/%s with 2 workers", async (folder, name) => {
      const file = sharedData(folder).find((each) => each.name === name);
      if (file === undefined) throw new Error(`../shared/data/${folder} has no ${name}`);
      const url = new URL(`../../../../../shared/data/${folder}/${name}`, import.meta.url);
      await expectOracle(fileURLToPath(url), readTopology(name, file.text), 2);
    });
  });
});
