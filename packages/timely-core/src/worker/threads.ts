// Worker threads of one run, under the supervision of the thread that started them (engine rule 14). Node only; nothing here is loaded
// before a run asks for threads, so that the engine loads in a browser.

import type { Worker as Thread, WorkerOptions as ThreadOptions } from "node:worker_threads";
import { createFabrics, type FabricDescriptor, type ParkingOptions } from "../communication/index.ts";
import { LimmatError } from "../errors.ts";
import { Arena, type ArenaDescriptor } from "../memory/arena.ts";
import { type ArenaConfig, createArena } from "../memory/arena-config.ts";
import type { IoThreadData } from "../network/io-thread.ts";
import type { ProcessesConfig } from "../network/processes.ts";
import type { RingSizes } from "../network/topology.ts";
import { LaunchError, WorkerError } from "./errors.ts";
import type { WorkerOptions } from "./worker.ts";

/** How a run is spread over threads. */
export interface ThreadsConfig {
  /** The number of workers, from 1; of each process where there are several. */
  readonly workers: number;
  /**
   * The processes of the run, for `execute`; or what finds them out, such as by `Membership`, called once and in the main thread only.
   * Default: this one alone.
   */
  readonly processes?: ProcessesConfig | (() => Promise<ProcessesConfig>) | undefined;
  /** Whether expensive checks are made. Default: unless NODE_ENV is "production". */
  readonly development?: boolean;
  /** In development: milliseconds after which a frontier that stands still for no reason is reported; 0 for never. Default 10,000. */
  readonly stuckAfter?: number;
  /** How a worker waits when it has nothing to do. */
  readonly parking?: ParkingOptions;
  /** Bytes of the ring that carries data from one worker to another: a power of two. Default 1 MiB. */
  readonly dataRingBytes?: number;
  /** Bytes of the ring that carries progress: a power of two. Default 64 KiB. */
  readonly progressRingBytes?: number;
  /** The most bytes that may wait beside a full ring. Default 256 MiB. */
  readonly overflowLimit?: number;
  /** Memory that the workers share, those of each process their own. Default: none. */
  readonly arena?: ArenaConfig;
}

/** What a thread is started with, under `limmat` in its `workerData`. */
export interface ThreadData {
  readonly role: "execute" | "launch";
  readonly descriptor: FabricDescriptor;
  /** The number of the worker within its process. */
  readonly place: number;
  readonly config: Omit<ThreadsConfig, "processes">;
  readonly arena?: ArenaDescriptor;
  /** The same on all workers of a run. */
  readonly generation: number;
  /** What is to be run: a module's URL, and what it is given. */
  readonly module: string;
  readonly argument?: unknown;
}

/** What a thread says at its end. */
export type ThreadReport =
  | { readonly kind: "done"; readonly result: Uint8Array }
  | {
      readonly kind: "failed";
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly code: string | undefined;
    };

/** The data this thread was started with, if it is a worker of a run. */
export async function threadData(): Promise<ThreadData | undefined> {
  const data = await limmatData();
  return data !== undefined && data.role !== "network" ? data : undefined;
}

/** The data this thread was started with, if it is the I/O of a run over several processes. */
export async function networkData(): Promise<IoThreadData | undefined> {
  const data = await limmatData();
  return data?.role === "network" ? data : undefined;
}

async function limmatData(): Promise<ThreadData | ({ readonly role: "network" } & IoThreadData) | undefined> {
  const process = (globalThis as { process?: { versions?: { node?: string } } }).process;
  if (process?.versions?.node === undefined) return undefined;
  const { isMainThread, workerData } = await import("node:worker_threads");
  const data: unknown = isMainThread ? undefined : workerData;
  return typeof data === "object" && data !== null && "limmat" in data ? (data.limmat as ThreadData) : undefined;
}

/** Tells the supervisor how this worker ended, and waits to be ended by it. */
export async function report(end: ThreadReport): Promise<never> {
  const { parentPort } = await import("node:worker_threads");
  // What a thread has printed reaches the process in its own time, and would be lost with the thread.
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }
  parentPort?.postMessage(end);
  // The supervisor ends the thread when all have reported; until then its memory and its output must stay.
  setInterval(() => {}, 0x7fffffff);
  return new Promise<never>(() => {});
}

/** An error as a report. */
export function failure(error: unknown): ThreadReport {
  if (!(error instanceof Error))
    return { kind: "failed", name: "Error", message: String(error), stack: undefined, code: undefined };
  const code = error instanceof LimmatError ? error.code : undefined;
  return { kind: "failed", name: error.name, message: error.message, stack: error.stack, code };
}

/** The error that was reported, as near as it can be had in another thread. */
function revive(report: Extract<ThreadReport, { kind: "failed" }>): Error {
  const error = report.code === undefined ? new Error(report.message) : new LimmatError(report.code, report.message);
  error.name = report.name;
  if (report.stack !== undefined) error.stack = report.stack;
  return error;
}

/** What a worker of a run is made with, in the thread that it runs in: here its memory is touched (engine rule 16). */
export function workerOptions(
  config: Omit<ThreadsConfig, "processes">,
  generation: number,
  place: number,
  arena: ArenaDescriptor | undefined,
  checkpoints: WorkerOptions["checkpoints"],
): WorkerOptions {
  return {
    generation,
    ...(checkpoints === undefined ? {} : { checkpoints }),
    ...(arena === undefined ? {} : { arena: new Arena(arena, { allocator: place, touch: true }) }),
    ...(config.development === undefined ? {} : { development: config.development }),
    ...(config.stuckAfter === undefined ? {} : { stuckAfter: config.stuckAfter }),
    ...(config.parking === undefined ? {} : { parking: config.parking }),
  };
}

let runs = 0;

/** A number that tells this run from others of this process and, most likely, of others. */
export function newGeneration(): number {
  runs += 1;
  return (Date.now() * 1024 + (runs % 1024)) >>> 0;
}

/** The threads of one run. */
export class Threads {
  /** Resolves with every worker's result, in order; rejects with a `WorkerError` when any worker fails, after ending all others. */
  readonly results: Promise<Uint8Array[]>;
  /** The same on all workers of a run. */
  readonly generation: number;
  private readonly threads: Thread[];

  private constructor(threads: Thread[], descriptors: readonly FabricDescriptor[], generation: number, module: string) {
    this.threads = threads;
    this.generation = generation;
    this.results = Promise.all(
      threads.map((thread, place) => ended(thread, (descriptors[place] as FabricDescriptor).index, module)),
    ).finally(() => this.end());
    // Whoever waits for the results sees the error; nobody has to.
    this.results.catch(() => {});
  }

  /** Starts one thread per descriptor with a module of its own: the program itself, or the engine's entry for launched definitions. */
  static async start(
    entry: URL,
    role: ThreadData["role"],
    config: ThreadsConfig,
    descriptors: readonly FabricDescriptor[],
    module: string,
    argument?: unknown,
    generation = newGeneration(),
  ): Promise<Threads> {
    const { Worker } = await import("node:worker_threads");
    const { processes: _, ...settings } = config;
    const ownProcess = Math.floor((descriptors[0] as FabricDescriptor).index / config.workers);
    const arena = arenaOf(config, true, ownProcess);
    const threads = descriptors.map((descriptor, place) => {
      const limmat: ThreadData = {
        role,
        descriptor,
        place,
        config: settings,
        generation,
        module,
        ...(arena === undefined ? {} : { arena }),
        ...(argument === undefined ? {} : { argument }),
      };
      // A program that reads its arguments must find them on every worker.
      const argv = process.argv.slice(2);
      const options: ThreadOptions = { workerData: { limmat }, name: `limmat worker ${descriptor.index}`, argv };
      return new Worker(entry, options);
    });
    return new Threads(threads, descriptors, generation, module);
  }

  /** Ends all threads at once, whatever they do. */
  async end(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }
}

function ended(thread: Thread, index: number, module: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    thread.once("message", (report: ThreadReport) => {
      if (report.kind === "done") resolve(report.result);
      else reject(new WorkerError(index, report.message, revive(report)));
    });
    thread.once("error", (error: unknown) =>
      reject(new WorkerError(index, error instanceof Error ? error.message : String(error), error)),
    );
    thread.once("exit", (code) =>
      reject(
        new WorkerError(
          index,
          `its thread ended (exit code ${code}) before its dataflows did: does ${module} call execute() with its own import.meta.url, or was it bundled into another file?`,
        ),
      ),
    );
  });
}

/** The memory that a run's workers of one process share, if they are to share any. */
export function arenaOf(config: ThreadsConfig, shared: boolean, process = 0): ArenaDescriptor | undefined {
  return config.arena === undefined ? undefined : createArena(config.arena, config.workers, shared, process);
}

/** The descriptors of a run's endpoints. */
export function fabricsOf(config: ThreadsConfig, clients: number, shared: boolean): FabricDescriptor[] {
  checkWorkers(config);
  return createFabrics(config.workers, { clients, shared, ...ringSizes(config) });
}

/** Throws a `LaunchError` unless the number of workers can be. */
export function checkWorkers({ workers }: ThreadsConfig): void {
  if (!Number.isInteger(workers) || workers < 1 || workers > 64) {
    throw new LaunchError(`workers is ${workers}: give a whole number from 1 to 64`);
  }
}

/** The sizes of a run's rings, as far as they are given. */
export function ringSizes(config: ThreadsConfig): RingSizes {
  return {
    ...(config.dataRingBytes === undefined ? {} : { dataRingBytes: config.dataRingBytes }),
    ...(config.progressRingBytes === undefined ? {} : { progressRingBytes: config.progressRingBytes }),
    ...(config.overflowLimit === undefined ? {} : { overflowLimit: config.overflowLimit }),
  };
}
