// Who holds a store: a process, told from a later one of the same number by the moment it started.

import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A process that holds a store. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When it started, as far as the system tells. */
  readonly started: string;
}

/** This process. */
export function thisProcess(): Holder {
  return { host: hostname(), pid: process.pid, started: startOf(process.pid) };
}

/** Reads what was written as JSON; undefined when it is none, as after a crash in mid-write. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const { host, pid, started } = JSON.parse(text) as Holder;
    return typeof host === "string" && Number.isInteger(pid) ? { host, pid, started } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a holder is another process than this one, and may still run. Of other machines nobody knows: they may. */
export function mayRun(holder: Holder): boolean {
  const own = thisProcess();
  if (holder.host !== own.host) return true;
  if (holder.pid === own.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return startOf(holder.pid) === holder.started;
}

/** The moment a process started, in the kernel's clock ticks since it booted, on Linux; empty elsewhere, and when it has ended. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name of the program, in brackets, may hold anything. What ended and was not waited for is a zombie.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

/** Why a store can't be used, and what to do. */
export function heldBy(store: string, { host, pid }: Holder): string {
  return (
    `${store} is used by process ${pid} on ${host}: two runs can't share a store. ` +
    `If that process is gone with its machine, start once with lock: false`
  );
}
