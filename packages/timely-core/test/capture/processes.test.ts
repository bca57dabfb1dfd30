// One process captures into files, another replays them. Both import the built package: build before running this.

import { execFile } from "node:child_process";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = async (fixture: string, ...args: string[]): Promise<string> => {
  const file = fileURLToPath(new URL(`./fixtures/${fixture}.mjs`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { timeout: 30_000 });
  return stdout;
};

describe("capture into files", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "limmat-capture-"));
    await run("write", directory);
  });
  afterAll(() => rm(directory, { recursive: true }));

  const expected = Array.from({ length: 5 }, (_, time) =>
    [`a${time}`, `a${time}`, "b", "b", "c0", "c1"].map((word) => `${time} ${word}`),
  )
    .flat()
    .sort();

  it.each([1, 2, 3])("is replayed by another process on %i workers", async (workers) => {
    expect(JSON.parse(await run("read", directory, String(workers)))).toEqual(expected);
  });

  it("ends the run in one error where a file was cut off", async () => {
    await truncate(join(directory, "words-1"), 150);
    await expect(run("read", directory, "2")).rejects.toThrow(
      /worker 1: operator replay .* byte 150: the stream ends in the middle/,
    );
  });
});
