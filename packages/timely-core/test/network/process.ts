// Real processes for tests: started with the built package, watched, and never left behind.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a process ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One process under test. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when it has printed this to its standard error. */
  said(text: string): Promise<void>;
}

const started = new Set<ChildProcess>();

/** Starts a program, a path from this folder, under another program where one is given. */
export function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv, under: string[] = []): Started {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const [command = process.execPath, ...before] = [...under, process.execPath];
  const child = spawn(command, [...before, file, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.add(child);
  let stdout = "";
  let stderr = "";
  const waiting: { text: string; resolve: () => void }[] = [];
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
    for (const { text, resolve } of waiting) if (stderr.includes(text)) resolve();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      started.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return {
    child,
    ended,
    said: (text) =>
      new Promise((resolve, reject) => {
        if (stderr.includes(text)) resolve();
        waiting.push({ text, resolve });
        void ended.then(() => reject(new Error(`the process ended before it said "${text}":\n${stdout}\n${stderr}`)));
      }),
  };
}

/** Starts one program as all processes of a run. */
export function startAll(
  program: string,
  hosts: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Started[] {
  return hosts.map((_, index) =>
    start(program, args, { LIMMAT_HOSTS: hosts.join(","), LIMMAT_PROCESS: String(index), ...env }),
  );
}

/** Kills whatever is left: for the end of each test. */
export function killAll(): void {
  for (const child of started) child.kill("SIGKILL");
}

/** What a fixture printed as JSON. */
export function outcome({ stdout, stderr }: Ended): { code?: string; message?: string; [name: string]: unknown } {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`no outcome was printed:\n${stdout}\n${stderr}`);
  }
}
