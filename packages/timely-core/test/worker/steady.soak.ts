// Memory under a load that does not change: LIMMAT_STEADY seconds of it (600 unless said), on two worker threads.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

interface Reading {
  readonly elapsed: number;
  readonly round: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

it("memory stays flat under steady load", async () => {
  const seconds = Number(process.env.LIMMAT_STEADY ?? 600);
  const program = fileURLToPath(new URL("./fixtures/steady.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, String(seconds)], { stdio: ["ignore", "pipe", "inherit"] });
  const readings: Reading[] = [];
  for await (const line of createInterface(child.stdout)) readings.push(JSON.parse(line) as Reading);
  expect(child.exitCode ?? (await new Promise((resolve) => child.once("exit", resolve)))).toBe(0);
  const mean = (some: readonly Reading[], of: (reading: Reading) => number) =>
    some.reduce((sum, reading) => sum + of(reading), 0) / some.length / 2 ** 20;
  // The first quarter is warming up; of the rest the last third is compared with the first.
  const settled = readings.slice(Math.floor(readings.length / 4));
  const third = Math.floor(settled.length / 3);
  const early = settled.slice(0, third);
  const late = settled.slice(-third);
  const line = (of: (reading: Reading) => number) =>
    `${mean(early, of).toFixed(1)} then ${mean(late, of).toFixed(1)} MiB`;
  process.stdout.write(
    `${readings.at(-1)?.round} rounds in ${seconds} s; resident ${line(({ rss }) => rss)}, heap of a worker ${line(
      ({ heapUsed }) => heapUsed,
    )}, buffers ${line(({ external, arrayBuffers }) => external + arrayBuffers)}\n`,
  );
  expect(third).toBeGreaterThan(1);
  expect(mean(late, ({ rss }) => rss)).toBeLessThan(1.05 * mean(early, ({ rss }) => rss));
});
