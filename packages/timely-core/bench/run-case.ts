// Runs one case in a process of its own, or in several that find each other on free ports of this machine.
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
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
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, name, ...flags], { env });
    process.stderr.write(stderr);
    return JSON.parse(stdout) as Sample[];
  });
  return (await Promise.all(runs)).flat();
}

async function freeHosts(count: number): Promise<string[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))));
  const hosts = servers.map((server) => `127.0.0.1:${(server.address() as { port: number }).port}`);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return hosts;
}
