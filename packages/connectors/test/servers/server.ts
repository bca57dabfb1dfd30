// A real server under test: a program of Debian on a free loopback port with a data directory of its own, gone when the tests are.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A port that nobody listens on now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** What a server is started with. */
export interface ServerProgram {
  /** The variable that holds the program's path; with `_ABSENT` behind, the reason why there is none. */
  readonly variable: string;
  arguments(port: number, data: string): Promise<string[]> | string[];
}

/** The reason to skip tests of a server, or an empty text. */
export const absent = ({ variable }: ServerProgram): string =>
  process.env[variable] ? "" : (process.env[`${variable}_ABSENT`] ?? `${variable} is not set`);

/** One server, to be stopped and started again on the same port with the same data. */
export class Server {
  readonly port: number;
  private readonly program: ServerProgram;
  private readonly data: string;
  private args: string[] | undefined;
  private child: ChildProcess | undefined;
  private output = "";

  private constructor(program: ServerProgram, port: number) {
    this.program = program;
    this.port = port;
    this.data = mkdtempSync(path.join(tmpdir(), "limmat-server-"));
  }

  static async start(program: ServerProgram): Promise<Server> {
    const server = new Server(program, await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    this.args ??= await this.program.arguments(this.port, this.data);
    // The kernel kills it when this process dies, however it does.
    const child = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", process.env[this.program.variable] as string, ...this.args],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => {
        this.output = (this.output + text).slice(-4000);
      });
    for (const until = Date.now() + 10_000; !(await answers(this.port)); await sleep(20)) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`the server did not start:\n${this.output}`);
    }
  }

  /** Stops it in its tracks, or lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.child?.kill(name);
  }

  /** Kills it; its data stays. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** Kills it and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }
}
