// Runs a dataflow on workers that the caller is a client of: what a server uses (engine rule 14).

import { type CheckpointOptions, findCheckpoint, type RestoredCheckpoint } from "../checkpoint/checkpointer.ts";
import { type FabricDescriptor, openFabric } from "../communication/index.ts";
import { Client } from "./client.ts";
import { clientInput, clientOutput } from "./client-ports.ts";
import type { Definition, Ports } from "./definition.ts";
import { LaunchError, WorkerError } from "./errors.ts";
import { answerQuestions } from "./questions.ts";
import { arenaOf, fabricsOf, newGeneration, Threads, type ThreadsConfig, workerOptions } from "./threads.ts";
import { Worker } from "./worker.ts";

/** How a launched dataflow is spread, and what its `build` is given. */
export interface LaunchConfig<C = undefined> extends Omit<ThreadsConfig, "processes"> {
  /** Passed to the definition's `build` on every worker, through a structured clone. */
  readonly argument?: C;
}

/** Any definition. */
// biome-ignore lint/suspicious/noExplicitAny: what a definition is given is checked where it is made
export type AnyDefinition = Definition<any, any, any>;

/** What a definition's `build` is given beside its ports. */
export type ArgumentOf<D> = D extends Definition<infer _I, infer _O, infer C> ? C : never;

/**
 * Launches the dataflow that a module exports by default (see `define`) on worker threads, and returns its client. Give the definition
 * itself, rather than its module's URL, to run the workers inside the caller's event loop: in a browser, in tests, on small machines.
 *
 * @throws LaunchError when the module can't be imported or exports no definition.
 */
export async function launch<D extends AnyDefinition>(
  config: LaunchConfig<ArgumentOf<D>>,
  module: URL | D,
): Promise<Client<D["inputs"], D["outputs"]>> {
  if (!(module instanceof URL)) return launchHere(config, module);
  const { inputs, outputs, checkpoints } = await importDefinition(module);
  const descriptors = fabricsOf(config, 1, true);
  const own = descriptors.pop() as FabricDescriptor;
  const { argument, ...settings } = config;
  // Before any worker can write another one.
  const restored = restoredBy(checkpoints?.(argument));
  const threads = await Threads.start(
    new URL(entryName, import.meta.url),
    "launch",
    settings,
    descriptors,
    module.href,
    argument,
  );
  return new Client(
    inputs,
    outputs,
    openFabric(own),
    threads.generation,
    threads.results,
    () => threads.end(),
    restored,
  );
}

function restoredBy(checkpoints: CheckpointOptions | undefined): RestoredCheckpoint | undefined {
  return checkpoints === undefined ? undefined : findCheckpoint(checkpoints).restored;
}

const entryName = "./worker.js";

function launchHere<D extends AnyDefinition>(
  config: LaunchConfig<ArgumentOf<D>>,
  definition: D,
): Client<D["inputs"], D["outputs"]> {
  const generation = newGeneration();
  const descriptors = fabricsOf(config, 1, false);
  const own = descriptors.pop() as FabricDescriptor;
  const arena = arenaOf(config, false);
  const checkpoints = definition.checkpoints?.(config.argument);
  const restored = restoredBy(checkpoints);
  const workers = descriptors.map((descriptor, index) => {
    const worker = new Worker(openFabric(descriptor), workerOptions(config, generation, index, arena, checkpoints));
    buildDefinition(worker, definition, config.argument);
    return worker;
  });
  const stop = () => {
    for (const worker of workers) worker.stop();
  };
  const ended = workers.map((worker) =>
    worker.runAsync().catch((error: unknown) => {
      stop();
      throw new WorkerError(worker.index, error instanceof Error ? error.message : String(error), error);
    }),
  );
  const all = Promise.all(ended);
  return new Client(definition.inputs, definition.outputs, openFabric(own), generation, all, stop, restored);
}

/** Imports the definition that a module exports by default. */
export async function importDefinition(module: URL): Promise<AnyDefinition> {
  let exports: { default?: unknown };
  try {
    exports = await import(/* @vite-ignore */ module.href);
  } catch (error) {
    throw new LaunchError(`${module.href} can't be imported: ${error instanceof Error ? error.message : error}`, error);
  }
  const definition = exports.default as Partial<AnyDefinition> | undefined;
  if (typeof definition?.build !== "function" || !definition.inputs || !definition.outputs) {
    throw new LaunchError(
      `${module.href} does not export a dataflow by default: export default define({ inputs, outputs, build })`,
    );
  }
  return definition as AnyDefinition;
}

/** Builds a definition's dataflow on a worker, its ports first, so that the client knows their channels. */
export function buildDefinition(worker: Worker, definition: AnyDefinition, argument: unknown): void {
  answerQuestions(worker);
  worker.dataflow((scope) => {
    const inputs = Object.entries(definition.inputs as Ports).map(([name, layout]) => [
      name,
      clientInput(scope, layout, name),
    ]);
    const unconnected = new Set(Object.keys(definition.outputs));
    const outputs = Object.entries(definition.outputs as Ports).map(([name, layout]) => {
      const end = clientOutput(scope, layout, name);
      return [
        name,
        (stream: Parameters<typeof end>[0]) => {
          if (!unconnected.delete(name)) throw new LaunchError(`output ${name} was given two streams: concat() them`);
          end(stream);
        },
      ];
    });
    definition.build({
      scope,
      inputs: Object.fromEntries(inputs),
      outputs: Object.fromEntries(outputs),
      argument,
      worker,
    });
    if (unconnected.size > 0) throw new LaunchError(`outputs without a stream: ${[...unconnected].join(", ")}`);
  });
}
