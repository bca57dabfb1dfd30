// Runs one case in a process of its own, or in several that find each other on free ports of this machine.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { freeHosts } from "@limmat/bench";
import type { Sample } from "./samples.ts";

/** Returns what the workers of all processes measured. */
export async function runCase(program: string, name: string, processes: number): Promise<Sample[]> {
  const env = {
    ...process.env,
    NODE_ENV: "production",
    ...(processes > 1 && { LIMMAT_HOSTS: (await freeHosts(processes)).join(",") }),
  };
  const runs = Array.from({ length: processes }, async (_, index) => {
    const flags = processes === 1 ? [] : ["-n", String(processes), "-p", String(index)];
    return (await printedBy(program, [name, ...flags], env)) as Sample[];
  });
  return (await Promise.all(runs)).flat();
}

/** Returns what the bare machine does. */
export async function runFloor(program: string, name: string): Promise<number> {
  return (await printedBy(program, [name], { ...process.env, NODE_ENV: "production" })) as number;
}

/** Returns the records a second of the engine's two layouts and of each library beside them. */
export async function runJsCase(program: string, name: string): Promise<Record<string, number>> {
  return (await printedBy(program, [name], { ...process.env, NODE_ENV: "production" })) as Record<string, number>;
}

async function printedBy(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<unknown> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], { env });
  process.stderr.write(stderr);
  return JSON.parse(stdout);
}
