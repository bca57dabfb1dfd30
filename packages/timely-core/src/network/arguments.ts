// How a program is told what it is part of: timely's flags `-w`, `-n`, `-p` and `-h`, and environment variables for where an orchestrator
// starts processes. After timely's `Config::from_args`.

import { LaunchError } from "../worker/errors.ts";
import type { ProcessesConfig, TlsCredentials } from "./processes.ts";

/** A configuration read from a command line, for `execute`. */
export interface CommandLine {
  /** Workers of each process. */
  readonly workers: number;
  /** There when there are several processes. */
  readonly processes?: ProcessesConfig;
  /** The arguments that are none of the engine's, in order. */
  readonly rest: readonly string[];
}

/** Where process i listens when no hosts are given: at this port plus i, on this machine. */
const firstPort = 2101;

const flags: Readonly<Record<string, "workers" | "processes" | "process" | "hostfile">> = {
  "-w": "workers",
  "--threads": "workers",
  "-n": "processes",
  "--processes": "processes",
  "-p": "process",
  "--process": "process",
  "-h": "hostfile",
  "--hostfile": "hostfile",
};

/**
 * Reads how a run is spread, from flags first and environment variables second:
 *
 * - `-w`, `LIMMAT_WORKERS`: workers of each process, 1 unless said;
 * - `-n`, `LIMMAT_PROCESSES`: how many processes; by default as many as there are hosts;
 * - `-p`, `LIMMAT_PROCESS`: which of them this is; `hostname` takes the number at the end of the machine's name, as a StatefulSet gives it;
 * - `-h`, `LIMMAT_HOSTFILE`: a file with `host:port` of each process, a line each; or `LIMMAT_HOSTS`: the same, separated by commas, or one
 *   entry with `{}` in place of the process's number. Without either, ports from 2101 on of this machine;
 * - `LIMMAT_SECRET`, or `LIMMAT_SECRET_FILE`: the shared secret;
 * - `LIMMAT_TLS_KEY`, `LIMMAT_TLS_CERT`, `LIMMAT_TLS_CA`: files in PEM format;
 * - `LIMMAT_LISTEN`, `LIMMAT_TRUSTED=1`, `LIMMAT_HEARTBEAT_MS`, `LIMMAT_CONNECT_TIMEOUT_MS`: see `ProcessesConfig`.
 *
 * A flag's value may follow as the next argument or directly (`-w2`, `--threads=2`). What stands after `--` is not looked at.
 *
 * @param argv - the arguments of the program, without those of Node. Default: this process's.
 * @throws LaunchError naming the flag or variable that is wrong.
 */
export async function configFromArguments(
  argv: readonly string[] = process.argv.slice(2),
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<CommandLine> {
  const { given, rest } = split(argv);
  const workers = whole(given.workers ?? env.LIMMAT_WORKERS ?? "1", "-w or LIMMAT_WORKERS", 1);
  const listed = await hostsOf(given.hostfile ?? env.LIMMAT_HOSTFILE, env.LIMMAT_HOSTS);
  const counted = given.processes ?? env.LIMMAT_PROCESSES;
  if (counted === undefined && listed === undefined) return { workers, rest };
  const count = counted === undefined ? (listed as string[]).length : whole(counted, "-n or LIMMAT_PROCESSES", 1);
  const [pattern] = listed ?? [];
  const expanded =
    listed?.length === 1 && pattern?.includes("{}")
      ? Array.from({ length: count }, (_, i) => pattern.replaceAll("{}", String(i)))
      : listed;
  const hosts = expanded ?? Array.from({ length: count }, (_, i) => `localhost:${firstPort + i}`);
  if (hosts.length < count) {
    throw new LaunchError(`there are ${count} processes, but only ${hosts.length} hosts: list one for each`);
  }
  const index = await indexOf(given.process ?? env.LIMMAT_PROCESS ?? (count === 1 ? "0" : undefined));
  const secret = env.LIMMAT_SECRET ?? (await text(env.LIMMAT_SECRET_FILE, "LIMMAT_SECRET_FILE"))?.trim();
  const tls = await tlsOf(env);
  const heartbeat = env.LIMMAT_HEARTBEAT_MS;
  const timeout = env.LIMMAT_CONNECT_TIMEOUT_MS;
  const processes: ProcessesConfig = {
    index,
    hosts: hosts.slice(0, count),
    ...(secret === undefined ? {} : { secret }),
    ...(tls === undefined ? {} : { tls }),
    ...(env.LIMMAT_LISTEN === undefined ? {} : { listen: env.LIMMAT_LISTEN }),
    ...(env.LIMMAT_TRUSTED === "1" ? { trusted: true } : {}),
    ...(heartbeat === undefined ? {} : { heartbeatMs: whole(heartbeat, "LIMMAT_HEARTBEAT_MS", 1) }),
    ...(timeout === undefined ? {} : { connectTimeoutMs: whole(timeout, "LIMMAT_CONNECT_TIMEOUT_MS", 1) }),
  };
  return { workers, processes, rest };
}

function split(argv: readonly string[]): {
  given: { workers?: string; processes?: string; process?: string; hostfile?: string };
  rest: string[];
} {
  const given: { workers?: string; processes?: string; process?: string; hostfile?: string } = {};
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string;
    if (argument === "--") {
      rest.push(...argv.slice(i + 1));
      break;
    }
    const [, short, attached] = /^(-[wnph])=?(.+)$/.exec(argument) ?? [];
    const [, long, value] = /^(--[a-z]+)=(.*)$/.exec(argument) ?? [];
    const flag = flags[short ?? long ?? argument];
    if (flag === undefined) {
      rest.push(argument);
      continue;
    }
    const text = attached ?? value ?? argv[++i];
    if (text === undefined) throw new LaunchError(`${argument} needs a value`);
    given[flag] = text;
  }
  return { given, rest };
}

function whole(text: string, name: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least) {
    throw new LaunchError(`${name} is ${JSON.stringify(text)}: give a whole number from ${least} on`);
  }
  return value;
}

async function hostsOf(file: string | undefined, list: string | undefined): Promise<string[] | undefined> {
  const lines = (await text(file, "the file of hosts"))?.split("\n") ?? list?.split(",");
  return lines?.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

async function indexOf(given: string | undefined): Promise<number> {
  if (given === undefined) {
    throw new LaunchError("which of the processes is this? Give -p or LIMMAT_PROCESS, a number from 0 on, or hostname");
  }
  if (given !== "hostname") return whole(given, "-p or LIMMAT_PROCESS", 0);
  const { hostname } = await import("node:os");
  const name = hostname();
  const ordinal = /-(\d+)(?:\.|$)/.exec(name)?.[1];
  if (ordinal === undefined) {
    throw new LaunchError(`LIMMAT_PROCESS is hostname, but ${name} does not end in a number, as in limmat-0`);
  }
  return Number(ordinal);
}

async function tlsOf(env: Readonly<Record<string, string | undefined>>): Promise<TlsCredentials | undefined> {
  const { LIMMAT_TLS_KEY, LIMMAT_TLS_CERT, LIMMAT_TLS_CA } = env;
  const key = await text(LIMMAT_TLS_KEY, "LIMMAT_TLS_KEY");
  const cert = await text(LIMMAT_TLS_CERT, "LIMMAT_TLS_CERT");
  const ca = await text(LIMMAT_TLS_CA, "LIMMAT_TLS_CA");
  if (key === undefined && cert === undefined && ca === undefined) return undefined;
  if (key === undefined || cert === undefined || ca === undefined) {
    throw new LaunchError("give all three of LIMMAT_TLS_KEY, LIMMAT_TLS_CERT and LIMMAT_TLS_CA, or none");
  }
  return { key, cert, ca };
}

async function text(file: string | undefined, name: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new LaunchError(`${name} can't be read: ${error instanceof Error ? error.message : error}`, error);
  }
}
