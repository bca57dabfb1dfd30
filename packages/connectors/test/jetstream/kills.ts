// A process between two streams that is killed at random moments, each time started again on another number of workers.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Recovery } from "../../src/jetstream/index.ts";
import { runningCounts } from "../oracle/running-counts.ts";
import { nats, Streams } from "../servers/nats.ts";
import { Server } from "../servers/server.ts";

const program = fileURLToPath(new URL("./fixtures/run.mjs", import.meta.url));
const block = 5;
/** A few words per kill, so that every process finds some to read. */
const perKill = 400;

/** What was seen of the killed processes. */
export interface Casualties {
  /** How many had published something. */
  readonly useful: number;
  /** How many had started from a checkpoint, each from a later one than the last. */
  readonly restored: number;
}

/** Kills so many processes; then the output must be what one undisturbed process would have written. */
export async function surviveKills(kills: number, recovery: Recovery, random: () => number): Promise<Casualties> {
  await using server = await Server.start(nats);
  const streams = await Streams.of(server);
  // The server forgets ids after a tenth of a second: nothing rests on it.
  await streams.add("WORDS");
  await streams.add("COUNTS", { duplicate_window: 100_000_000 });
  const words = Array.from({ length: kills * perKill }, () => `word-${Math.floor(random() * 50)}`);
  const counts = runningCounts(words, block);
  const folder = mkdtempSync(path.join(tmpdir(), "limmat-kills-"));
  const origins = new Set<number>();
  const start = () => {
    const workers = 1 + Math.floor(random() * 3);
    const servers = `127.0.0.1:${server.port}`;
    const options = { servers, input: "WORDS", output: "COUNTS", block, workers, recovery };
    const argument = JSON.stringify({ ...options, ...(recovery !== "replay" && { folder }) });
    const child = fork(program, [argument], { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.on("message", ({ restored }: { restored: number }) => {
      // A checkpoint that is made stays made.
      expect(restored).toBeGreaterThanOrEqual(Math.max(...origins, -1));
      if (restored >= 0) origins.add(restored);
    });
    child.on("exit", (code) => {
      if (code !== null) throw new Error(`a process ended by itself, with exit code ${code}`);
    });
    return child;
  };
  const published = async () => (await streams.manager.streams.info("COUNTS")).state.messages;
  /** The first one lives until it has done something, and made a checkpoint if it is to make any. */
  const first = async () => {
    const done = async () =>
      (await published()) > 0 &&
      (recovery === "replay" || readdirSync(folder).some((name) => name.endsWith("manifest")));
    for (const until = Date.now() + 15_000; !(await done()) && Date.now() < until; ) await sleep(1);
  };
  let useful = 0;
  for (let kill = 0; kill < kills; kill++) {
    const before = await published();
    const child = start();
    const sending = streams.send("WORDS", words.slice(kill * perKill, (kill + 1) * perKill));
    // Some die while they start, most while they publish.
    const some = before + 1 + Math.floor(random() * perKill * 0.8);
    if (kill === 0) await first();
    else if (random() < 0.25) await sleep(random() * 600);
    else for (const until = Date.now() + 10_000; (await published()) < some && Date.now() < until; ) await sleep(1);
    child.kill("SIGKILL");
    await Promise.all([once(child, "exit"), sending]);
    if ((await published()) > before) useful += 1;
  }
  const last = start();
  try {
    for (const until = Date.now() + 20_000; (await published()) < counts.length && Date.now() < until; )
      await sleep(20);
    // What should not be there would come now.
    await sleep(200);
    expect((await streams.all("COUNTS")).map(({ text }) => text)).toEqual(counts);
  } finally {
    last.kill("SIGKILL");
    await once(last, "exit");
    await streams.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return { useful, restored: origins.size };
}
