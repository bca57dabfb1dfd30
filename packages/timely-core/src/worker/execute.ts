// Every worker runs the same program: the caller's own module (engine rule 14). After timely dataflow's `execute`.

import type { CheckpointOptions } from "../checkpoint/checkpointer.ts";
import { ByteReader, ByteWriter, values } from "../codec/index.ts";
import { type FabricDescriptor, openFabric } from "../communication/index.ts";
import type { Snapshot } from "../introspection/snapshot.ts";
import { snapshot } from "../introspection/take.ts";
import { Client } from "./client.ts";
import { LaunchError } from "./errors.ts";
import { answerQuestions } from "./questions.ts";
import {
  arenaOf,
  checkWorkers,
  fabricsOf,
  failure,
  report,
  ringSizes,
  type ThreadData,
  Threads,
  type ThreadsConfig,
  threadData,
  workerOptions,
} from "./threads.ts";
import { Worker, type WorkerOptions } from "./worker.ts";

let calls = 0;

/** How `execute` runs. */
export interface ExecuteConfig extends ThreadsConfig {
  /**
   * That checkpoints are taken, and what the run starts from. Each worker evaluates this for itself, as its thread comes to the call:
   * the store is an object of its own.
   */
  // biome-ignore lint/suspicious/noExplicitAny: times of any domain
  readonly checkpoints?: CheckpointOptions<any>;
  /** Is given a snapshot of all workers now and then, in the thread that called `execute`. */
  readonly observe?: {
    /** Milliseconds between snapshots. */
    readonly interval: number;
    /** Is given each of them. */
    readonly to: (snapshot: Snapshot) => void;
  };
}

/** A worker on its own, in the caller's thread: `step`, `stepWhile` and `run` drive it. */
export function solo(options: WorkerOptions = {}): Worker {
  const [descriptor] = fabricsOf({ workers: 1 }, 0, true);
  return new Worker(openFabric(descriptor as NonNullable<typeof descriptor>), options);
}

/**
 * Runs `build` on every worker, then steps the workers until all their dataflows have ended; returns what `build` returned on each, read
 * when its dataflows had ended.
 *
 * With one worker all happens in the caller's thread. With more, each worker is a thread that imports the caller's module again, up to
 * this call, which there runs `build` and never returns: what stands before it runs once per worker, what stands after it only in the
 * main thread, which supervises. Results go through the rows codec, so they must be plain data.
 *
 * With `processes` in the configuration the same program runs in several processes, on one machine or many, with `workers` threads in each,
 * numbered through: process p has the workers p * workers and following. Each process returns the results of its own.
 *
 * @param url - the caller's own `import.meta.url`.
 * @throws LaunchError when it can't work that way: a second call in one module, a module that a thread can't import.
 * @throws ConnectError, HandshakeError when several processes don't come together.
 * @throws PeerError when another process is lost or fails; every process ends with it.
 * @throws WorkerError when a worker fails or is lost; the others are ended.
 */
export async function execute<R>(
  url: string | URL,
  config: ExecuteConfig | number,
  build: (worker: Worker) => R,
): Promise<Awaited<R>[]> {
  // Neither a store nor a function can be handed to a thread.
  const { checkpoints, observe, ...settings }: ExecuteConfig =
    typeof config === "number" ? { workers: config } : config;
  const data = await threadData();
  if (data?.role === "execute") return runHere(data, checkpoints, build);
  calls += 1;
  const { processes } = settings;
  if (settings.workers === 1 && processes === undefined) {
    const worker = solo(workerOptions(settings, 0, 0, arenaOf(settings, false), checkpoints));
    if (observe !== undefined) observeHere(worker, observe);
    const result = await build(worker);
    worker.run();
    return [result];
  }
  if (calls > 1) {
    throw new LaunchError(
      "execute() was called before in this process, and a worker thread runs its module up to the first call only: do all in one call, or use launch()",
    );
  }
  const entry = entryOf(url);
  if (processes !== undefined && observe !== undefined) {
    throw new LaunchError(
      "observe works within one process: in a run over several take snapshot(worker) or log(worker, ...) on workers",
    );
  }
  const results =
    processes === undefined ? runThreads(entry, settings, observe) : runCluster(entry, settings, processes);
  return (await results).map((bytes) => values.read(new ByteReader(bytes)) as Awaited<R>);
}

/** Runs all workers as threads of this process. */
async function runThreads(
  entry: URL,
  settings: ThreadsConfig,
  observe: ExecuteConfig["observe"],
): Promise<Uint8Array[]> {
  const descriptors = fabricsOf(settings, observe === undefined ? 0 : 1, true);
  const own = observe === undefined ? undefined : descriptors.pop();
  const threads = await Threads.start(entry, "execute", settings, descriptors, entry.href);
  const end = observe && own ? observeThreads(threads, own, observe) : () => {};
  return threads.results.finally(end);
}

/** Runs this process's workers of a run over several processes. */
async function runCluster(
  entry: URL,
  settings: ThreadsConfig,
  processes: NonNullable<ThreadsConfig["processes"]>,
): Promise<Uint8Array[]> {
  checkWorkers(settings);
  const group = typeof processes === "function" ? await processes() : processes;
  // Not before several processes are asked for: it needs Node.
  const { Cluster } = await import("../network/cluster.ts");
  const io = new URL(ioEntry, import.meta.url);
  const cluster = await Cluster.join(io, settings.workers, group, ringSizes(settings));
  let threads: Threads | undefined;
  try {
    const { descriptors, generation, lost } = cluster;
    threads = await Threads.start(entry, "execute", settings, descriptors, entry.href, undefined, generation);
    const results = await Promise.race([threads.results, lost]);
    await cluster.leave();
    return results;
  } catch (error) {
    await threads?.end();
    await cluster.abort(`ended by an error: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

const ioEntry = "./worker.js";

/** Takes snapshots of a worker in this thread, between its steps. */
function observeHere(worker: Worker, { interval, to }: NonNullable<ExecuteConfig["observe"]>): void {
  let due = 0;
  worker.stepped = () => {
    if (performance.now() < due) return;
    to(snapshot(worker));
    due = performance.now() + interval;
  };
}

/** Asks worker threads for snapshots while they run; answers what ends that. */
function observeThreads(
  threads: Threads,
  own: FabricDescriptor,
  { interval, to }: NonNullable<ExecuteConfig["observe"]>,
): () => void {
  const observer = new Client(
    {},
    {},
    openFabric(own),
    threads.generation,
    threads.results,
    () => threads.end(),
    undefined,
  );
  let asked = false;
  const ask = () => {
    if (asked) return;
    asked = true;
    observer.snapshot().then(
      (taken) => {
        asked = false;
        to(taken);
      },
      () => {}, // the run has ended, and says why itself
    );
  };
  ask();
  const timer = setInterval(ask, interval);
  return () => clearInterval(timer);
}

async function runHere<R>(
  data: ThreadData,
  checkpoints: ExecuteConfig["checkpoints"],
  build: (worker: Worker) => R,
): Promise<never> {
  let result: Uint8Array;
  try {
    const worker = new Worker(
      openFabric(data.descriptor),
      workerOptions(data.config, data.generation, data.place, data.arena, checkpoints),
    );
    answerQuestions(worker);
    const value = await build(worker);
    worker.run();
    const writer = new ByteWriter();
    values.write(value, writer);
    result = writer.finish();
  } catch (error) {
    return report(failure(error));
  }
  return report({ kind: "done", result });
}

function entryOf(url: string | URL): URL {
  let entry: URL;
  try {
    entry = new URL(url);
  } catch (error) {
    throw new LaunchError(`${String(url)} is no URL: pass import.meta.url as the first argument`, error);
  }
  if (!["file:", "data:", "blob:"].includes(entry.protocol)) {
    throw new LaunchError(`a worker thread can't import ${entry.href}: pass the import.meta.url of a module on disk`);
  }
  const features = (globalThis as { process?: { features?: { typescript?: unknown }; execArgv?: string[] } }).process;
  const loader = features?.execArgv?.some((argument) => /--import|--loader|--require|-r\b/.test(argument)) ?? false;
  if (/\.[cm]?tsx?$/.test(entry.pathname) && !features?.features?.typescript && !loader) {
    throw new LaunchError(
      `this Node can't run ${entry.pathname} in a worker thread: compile it to JavaScript, or use Node 22.18 or newer`,
    );
  }
  return entry;
}
