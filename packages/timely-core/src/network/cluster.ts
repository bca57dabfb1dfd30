// The main thread's end of a run over several processes: it starts the I/O thread, then the workers, and ends both together.

import type { Worker as Thread } from "node:worker_threads";
import type { FabricDescriptor } from "../communication/index.ts";
import { errorOf } from "./errors.ts";
import type { IoOrder, IoReport, IoThreadData } from "./io-thread.ts";
import { checkedHosts, type ProcessesConfig } from "./processes.ts";
import { createProcess, type RingSizes } from "./topology.ts";

/** This process's place in a run that has begun. */
export class Cluster {
  /** What each worker of this process opens its fabric with. */
  readonly descriptors: readonly FabricDescriptor[];
  /** The same in all processes. */
  readonly generation: number;
  /** Rejects with a `PeerError` when another process is lost; never resolves. */
  readonly lost: Promise<never>;
  private readonly thread: Thread;
  private readonly left: Promise<void>;
  private readonly exited: Promise<void>;

  private constructor(
    thread: Thread,
    descriptors: readonly FabricDescriptor[],
    generation: number,
    lost: Promise<never>,
    left: Promise<void>,
    exited: Promise<void>,
  ) {
    this.thread = thread;
    this.descriptors = descriptors;
    this.generation = generation;
    this.lost = lost;
    this.left = left;
    this.exited = exited;
  }

  /**
   * Brings this process together with all others.
   * @throws LaunchError for a configuration that can't be.
   * @throws ConnectError, HandshakeError or PeerError when they don't come together.
   */
  static async join(entry: URL, workers: number, processes: ProcessesConfig, sizes: RingSizes): Promise<Cluster> {
    const hosts = checkedHosts(processes);
    const { lost: outside, ...config } = processes;
    const topology = { processes: hosts.length, workersPerProcess: workers, clients: 0 };
    const { endpoints, network } = createProcess(topology, config.index, sizes);
    const data: IoThreadData = { descriptor: network, config, hosts };
    const { Worker } = await import("node:worker_threads");
    const thread = new Worker(entry, { workerData: { limmat: { role: "network", ...data } }, name: "limmat network" });
    let onJoined: (generation: number) => void = () => {};
    let onLeft: () => void = () => {};
    const joined = new Promise<number>((resolve) => {
      onJoined = resolve;
    });
    const left = new Promise<void>((resolve) => {
      onLeft = resolve;
    });
    const lost = new Promise<never>((_, reject) => {
      thread.on("message", (report: IoReport) => {
        if (report.kind === "joined") onJoined(report.generation);
        else if (report.kind === "left") onLeft();
        else reject(errorOf(report.failure));
      });
      thread.once("error", reject);
      thread.once("exit", (code) =>
        reject(new Error(`the network's thread ended (exit code ${code}) before the run did`)),
      );
      outside?.catch(reject);
    });
    lost.catch(() => {});
    const exited = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
    try {
      const generation = await Promise.race([joined, lost]);
      return new Cluster(thread, endpoints, generation, lost, left, exited);
    } catch (error) {
      await thread.terminate();
      throw error;
    }
  }

  /** Leaves in order, when the workers here have ended; resolves when all other processes leave too. */
  async leave(): Promise<void> {
    this.order({ kind: "leave" });
    try {
      await Promise.race([this.left, this.lost]);
    } finally {
      await this.end();
    }
  }

  /** Leaves at once, and tells the others why. */
  async abort(reason: string): Promise<void> {
    this.order({ kind: "abort", reason });
    await this.end();
  }

  private order(order: IoOrder): void {
    this.thread.postMessage(order);
  }

  /** Waits while the thread says farewell. */
  private async end(): Promise<void> {
    let enough: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      enough = setTimeout(resolve, mostFarewell);
    });
    await Promise.race([this.exited, patience]);
    clearTimeout(enough);
    await this.thread.terminate();
  }
}

/** How long the thread may take to end by itself, in milliseconds. */
const mostFarewell = 3000;
