// Runs one run in a process of its own, or in several that find each other on free ports of this machine.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freeHosts } from "@limmat/bench";
import { merged } from "./merge.ts";
import type { RunResult, RunSpec } from "./run-spec.ts";
import { machineNanoseconds } from "./shared-clock.ts";

/** The program, as it is built beside those that call this. */
const program = fileURLToPath(new URL("./case.js", import.meta.url));

/** Returns what worker 0 has measured, with the memory of all processes. */
export async function run(spec: RunSpec): Promise<RunResult> {
  const { processes = 1 } = spec;
  const env = {
    ...process.env,
    NODE_ENV: "production",
    ...(processes > 1 && { LIMMAT_HOSTS: (await freeHosts(processes)).join(",") }),
  };
  const argument = JSON.stringify({ base: machineNanoseconds(), spec });
  const runs = Array.from({ length: processes }, async (_, index) => {
    const flags = processes === 1 ? [] : ["-n", String(processes), "-p", String(index)];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, argument, ...flags], {
      env,
      maxBuffer: 2 ** 28,
    });
    process.stderr.write(stderr);
    return JSON.parse(stdout) as RunResult;
  });
  const result = merged(await Promise.all(runs));
  const { expected, emitted } = result.notes;
  if (expected !== undefined && emitted !== expected) {
    throw new Error(`${emitted} records came out in place of ${expected}: ${argument}`);
  }
  return result;
}
