// A group of processes that are killed, replaced and stopped at random; what each of them believes is checked against all others.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** What a process tells of itself. */
type Report =
  | { readonly joined: true; readonly index: number; readonly hosts: readonly string[]; readonly generation: number }
  | { readonly joined: false; readonly generation: number };

/** What was seen of a generation: its hosts, and the process that had each rank. */
interface Seen {
  readonly hosts: readonly string[];
  readonly ranks: Map<number, number>;
}

const program = fileURLToPath(new URL("./fixtures/member.mjs", import.meta.url));

class Process {
  readonly address: string;
  readonly child: ChildProcess;
  reports: Report[] = [];

  constructor(args: readonly string[], address: string, onReport: (process: Process, report: Report) => void) {
    const [servers, group, processes] = args as [string, string, string];
    this.address = address;
    this.child = fork(program, [servers, group, address, processes], {
      execArgv: [],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.child.on("message", (report: Report) => {
      onReport(this, report);
      this.reports.push(report);
    });
  }

  /** The generation it takes part in, as far as it knows. */
  get generation(): number | undefined {
    const last = this.reports.at(-1);
    return last?.joined ? last.generation : undefined;
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
  }
}

/** Runs a group through so many violent ends, and answers how many generations were formed. */
export async function surviveKills(
  servers: string,
  group: string,
  { kills, processes, random }: { kills: number; processes: number; random: () => number },
): Promise<number> {
  const generations = new Map<number, Seen>();
  const failures: string[] = [];
  const check = (process: Process, report: Report) => {
    if (!report.joined) return;
    const { index, hosts, generation } = report;
    const pid = process.child.pid as number;
    const seen = generations.get(generation) ?? { hosts, ranks: new Map() };
    generations.set(generation, seen);
    const say = (what: string) =>
      failures.push(`${what}: ${process.address}, rank ${index} of generation ${generation}`);
    if (hosts[index] !== process.address) say(`its rank belongs to ${hosts[index]}`);
    if (hosts.length !== processes || hosts.join() !== seen.hosts.join())
      say(`others see ${seen.hosts}, it sees ${hosts}`);
    if (seen.ranks.has(index)) say(`process ${seen.ranks.get(index)} had this rank before process ${pid}`);
    seen.ranks.set(index, pid);
    if (process.reports.some((earlier) => earlier.generation >= generation)) say("its generation does not grow");
  };
  let born = 0;
  const start = (address = `host-${born++}:1`) => new Process([servers, group, String(processes)], address, check);
  const alive = new Set<Process>();
  const pick = () => [...alive][Math.floor(random() * alive.size)] as Process;
  const together = async () => {
    const formed = () => {
      const [first, ...others] = [...alive].map(({ generation }) => generation);
      return first !== undefined && others.every((generation) => generation === first);
    };
    for (const until = Date.now() + 30_000; !formed(); await sleep(10)) {
      expect(failures).toEqual([]);
      const stuck = [...alive].map(({ address, generation }) => `${address} in ${generation}`).join(", ");
      if (Date.now() > until) throw new Error(`the group did not form again: ${stuck}`);
    }
  };
  try {
    for (let i = 0; i < processes; i++) alive.add(start());
    for (let killed = 0; killed < kills; ) {
      // Some deaths hit a group that is not whole yet.
      if (random() < 0.7) await together();
      else await sleep(random() * 400);
      const victim = pick();
      alive.delete(victim);
      killed += 1;
      if (random() < 0.8 || victim.generation === undefined) {
        await victim.kill();
        // Its successor comes back under its address, or another machine takes over.
        alive.add(start(random() < 0.6 ? victim.address : undefined));
      } else {
        // It only sleeps, for longer than its lease, and wakes up to a group that went on without it.
        const { generation } = victim;
        const before = victim.reports.length;
        victim.child.kill("SIGSTOP");
        alive.add(start());
        await together();
        expect(pick().generation).toBeGreaterThan(generation as number);
        victim.child.kill("SIGCONT");
        for (const until = Date.now() + 10_000; victim.reports.length === before && Date.now() < until; )
          await sleep(10);
        expect(victim.reports[before]).toEqual({ joined: false, generation });
        await victim.kill();
      }
    }
    await together();
    expect(failures).toEqual([]);
    return generations.size;
  } finally {
    await Promise.all([...alive].map((process) => process.kill()));
  }
}
