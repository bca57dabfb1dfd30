// The engine's processes find each other in etcd, and come together again after one is killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { etcd } from "../servers/etcd.ts";
import { absent, freePort, Server } from "../servers/server.ts";

const missing = absent(etcd);
const program = fileURLToPath(new URL("./fixtures/cluster.mjs", import.meta.url));

interface Said {
  readonly joined?: number;
  readonly generation?: number;
  readonly results?: readonly { readonly sum: number }[];
  readonly error?: string;
  readonly message?: string;
}

class Process {
  readonly child: ChildProcess;
  private output = "";
  private noise = "";

  constructor(args: readonly string[]) {
    // The kernel kills it when this process dies, however it does.
    const command = ["--pdeathsig", "KILL", process.execPath, program, ...args];
    this.child = spawn("setpriv", command, { stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout?.on("data", (text: Buffer) => {
      this.output += text;
    });
    this.child.stderr?.on("data", (text: Buffer) => {
      this.noise += text;
    });
  }

  get said(): Said[] {
    return this.output
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Said);
  }

  async running(): Promise<void> {
    while (!this.noise.includes("running")) {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.output}${this.noise}`);
      await sleep(10);
    }
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }
}

describe.skipIf(missing !== "")(`processes of the engine${missing && `: ${missing}`}`, () => {
  let processes: Process[] = [];
  afterEach(() => {
    for (const { child } of processes) child.kill("SIGKILL");
  });

  it("end with one error that names who is lost, and form the next generation when started again", async () => {
    await using server = await Server.start(etcd);
    const addresses: string[] = [];
    for (let i = 0; i < 3; i++) addresses.push(`127.0.0.1:${await freePort()}`);
    const start = (rounds: number) => {
      const all = addresses.map((address) => {
        const args = [`http://127.0.0.1:${server.port}`, "engine", address, String(addresses.length), String(rounds)];
        return new Process(args);
      });
      processes.push(...all);
      return all;
    };
    const [victim, ...others] = start(1e9) as [Process, Process, Process];
    await Promise.all([victim, ...others].map((process) => process.running()));
    const rank = victim.said[0]?.joined;
    victim.child.kill("SIGKILL");
    for (const other of others) {
      expect(await other.ended()).toBe(1);
      const { error, message } = other.said.at(-1) as Said;
      expect(error).toMatch(/^(PeerError|MemberLostError)$/);
      expect(message).toMatch(new RegExp(`process ${rank} `));
    }
    const again = start(100);
    expect(await Promise.all(again.map((process) => process.ended()))).toEqual([0, 0, 0]);
    expect(again.map(({ said }) => said[0]?.generation)).toEqual([2, 2, 2]);
    const sums = again.flatMap(({ said }) => said[1]?.results ?? []).map(({ sum }) => sum);
    // 100 times the numbers from 0 to 29, in all.
    expect(sums.reduce((a, b) => a + b)).toBe(100 * ((29 * 30) / 2));
    processes = [];
  });
});
