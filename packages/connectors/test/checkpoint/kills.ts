// A program that counts in windows is killed at random moments, each time started again with another number of workers.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { wordsOf } from "./fixtures/text.js";

const program = fileURLToPath(new URL("./fixtures/windows.mjs", import.meta.url));
const length = 7;

/** What must come out, counted in one pass. */
function expected(times: number): string[] {
  const totals = new Map<string, number>();
  const lines: string[] = [];
  for (let start = 0; start < times; start += length) {
    const counts = new Map<string, number>();
    for (let time = start; time < Math.min(times, start + length); time++) {
      for (const word of wordsOf(time)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    for (const [word, count] of counts) {
      const total = (totals.get(word) ?? 0) + count;
      totals.set(word, total);
      lines.push(`${start + length - 1} ${word} ${count} ${total}`);
    }
  }
  return lines.sort();
}

interface Output {
  readonly run: number;
  /** The time of the checkpoint that the run started from, or -1. */
  readonly from: number;
  readonly lines: readonly (readonly [time: number, line: string])[];
}

function outputs(folder: string): Output[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".out"))
    .map((name) => {
      const [, run, from] = /^(\d+)-\d+-from-(-?\d+)\.out$/.exec(name) as RegExpExecArray;
      // A line that is cut off has no end.
      const lines = readFileSync(path.join(folder, name), "latin1").split("\n").slice(0, -1);
      return {
        run: Number(run),
        from: Number(from),
        lines: lines.map((line) => [Number.parseInt(line, 10), line] as const),
      };
    });
}

/** How much a run has put out. */
function bytesOf(folder: string, run: number): number {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${run}-`));
  return names.reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
}

/** Every line that was put out, up to the checkpoint that the next run started from. */
function taken(folder: string): string[] {
  const all = outputs(folder);
  return all
    .flatMap(({ run, lines }) => {
      // A run that was killed before it wrote anything has changed nothing either.
      const later = all.filter((other) => other.run > run).map(({ from }) => from);
      const until = Math.min(Number.POSITIVE_INFINITY, ...later);
      return lines.filter(([time]) => time <= until).map(([, line]) => line);
    })
    .sort();
}

/** What the kills met. */
export interface Survival {
  /** How many processes started from a later checkpoint than the one before. */
  readonly advanced: number;
  /** The time that the last one started from, of `times` in all. */
  readonly last: number;
  readonly times: number;
}

/** Kills so many processes, and lets the last one come to its end: its output must be what one pass counts. */
export async function surviveKills(kind: "file" | "lmdb", kills: number, random: () => number): Promise<Survival> {
  const folder = mkdtempSync(path.join(tmpdir(), `limmat-kills-${kind}-`));
  const times = 400 + kills * 60;
  const start = (run: number) => {
    const options = { kind, folder, workers: 1 + Math.floor(random() * 3), run, times, length };
    return fork(program, [JSON.stringify(options)], { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  };
  try {
    for (let run = 0; run < kills; run++) {
      const child = start(run);
      const exit = once(child, "exit");
      // Some die while they start, most while they work: when they have put out so much.
      const enough = random() < 0.2 ? 0 : 1 + Math.floor(random() * 4000);
      if (enough === 0) await sleep(random() * 400);
      const until = Date.now() + 20_000;
      while (bytesOf(folder, run) < enough && child.exitCode === null && Date.now() < until) await sleep(1);
      child.kill("SIGKILL");
      await exit;
    }
    const last = start(kills);
    const [code] = await once(last, "exit");
    expect(code).toBe(0);
    expect(taken(folder)).toEqual(expected(times));
    const started = [...new Map(outputs(folder).map(({ run, from }) => [run, from])).entries()].sort(
      ([a], [b]) => a - b,
    );
    const froms = started.map(([, from]) => from);
    return {
      advanced: froms.filter((from, i) => i > 0 && from > (froms[i - 1] as number)).length,
      last: froms[froms.length - 1] ?? -1,
      times,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
