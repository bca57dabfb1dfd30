// The programs of examples/, as a user runs them: built, in processes of their own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

function run(example: string): Promise<string[]> {
  const file = fileURLToPath(new URL(`../../examples/dist/${example}.js`, import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file], { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null && stderr === "") resolve(stdout.trimEnd().split("\n"));
      else reject(new Error(`${error?.message ?? ""}\n${stderr}`));
    });
  });
}

describe("the examples", () => {
  it("fail-a-link shows what a failure means to the switches, and that it is undone", async () => {
    const lines = await run("fail-a-link");
    expect(lines[0]).toBe("without agg-0-0--core-0: 8 distances, 36 next-hop sets");
    expect(lines).toContain(
      "core-0: group 1, in place for 7 destinations: agg-1-0--core-0, agg-2-0--core-0, agg-3-0--core-0",
    );
    expect(lines.at(-1)).toBe("with it again: 8 distances, 36 next-hop sets");
  });

  it("replay-changes answers as of each epoch and skips the bad one", async () => {
    const gist = (await run("replay-changes")).map((line) =>
      line.startsWith("{") ? line.replace(/^.*"(path":\["[^\]]*\]|changes":\d+).*$/, "$1") : line,
    );
    expect(gist).toEqual([
      'path":["A","B","D"]',
      'changes":0',
      'path":["A","C","D"]',
      'changes":1',
      'skipped line 6: link "B--E" is not in the network',
      'changes":0',
      'path":["A","B","D"]',
      'changes":1',
    ]);
  });
});
