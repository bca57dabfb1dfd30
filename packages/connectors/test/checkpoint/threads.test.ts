// Checkpoints of worker threads: of a launched dataflow, and of programs that don't agree.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** Runs a program with a folder of its own; returns what it prints. */
async function outcome(program: string, ...args: string[]): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "limmat-threads-"));
  const file = fileURLToPath(new URL(`./fixtures/${program}.mjs`, import.meta.url));
  try {
    return (await promisify(execFile)(process.execPath, [file, folder, ...args], { timeout: 25_000 })).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("worker threads", () => {
  it("of a launched dataflow start where others were", async () => {
    const printed: unknown = JSON.parse(await outcome("relaunch"));
    expect(printed).toEqual({ time: 2, workers: 3, note: 20, skipped: [], out: ["3: a 4", "3: b 4"] });
  });

  it("one of which asks for a checkpoint alone end in one error, or with it where all have heard of it in time", async () => {
    expect(await outcome("disagree", "0")).toMatch(
      /CHECKPOINT: worker 0: worker \d ended without having asked for the last checkpoint/,
    );
    expect(await outcome("disagree", "2")).toMatch(/^done|ended without having asked/);
    expect(await outcome("disagree", "2", "waits")).toMatch(/^done|ended without having asked/);
  });
});
