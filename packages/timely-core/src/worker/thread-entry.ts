// What the engine's own threads run: the workers of a launched dataflow, and the I/O of a run over several processes.

import { openFabric } from "../communication/index.ts";
import { LaunchError } from "./errors.ts";
import { buildDefinition, importDefinition } from "./launch.ts";
import { failure, networkData, report, threadData, workerOptions } from "./threads.ts";
import { Worker } from "./worker.ts";

const io = await networkData();
if (io !== undefined) {
  const { runNetwork } = await import("../network/io-thread.ts");
  const { parentPort } = await import("node:worker_threads");
  await runNetwork(io, parentPort as NonNullable<typeof parentPort>);
} else {
  await runLaunched();
}

async function runLaunched(): Promise<void> {
  const data = await threadData();
  if (data?.role !== "launch") {
    throw new LaunchError("this module is the inside of launch(): call launch() rather than importing it");
  }
  try {
    const definition = await importDefinition(new URL(data.module));
    const checkpoints = definition.checkpoints?.(data.argument);
    const options = workerOptions(data.config, data.generation, data.place, data.arena, checkpoints);
    const worker = new Worker(openFabric(data.descriptor), options);
    buildDefinition(worker, definition, data.argument);
    worker.run();
  } catch (error) {
    await report(failure(error));
  }
  await report({ kind: "done", result: new Uint8Array(0) });
}
