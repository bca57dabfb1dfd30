// What a worker thread of a launched dataflow runs.

import { openFabric } from "../communication/index.ts";
import { LaunchError } from "./errors.ts";
import { buildDefinition, importDefinition } from "./launch.ts";
import { failure, report, threadData, workerOptions } from "./threads.ts";
import { Worker } from "./worker.ts";

const data = await threadData();
if (data?.role !== "launch") {
  throw new LaunchError("this module is the inside of launch(): call launch() rather than importing it");
}
try {
  const definition = await importDefinition(new URL(data.module));
  const options = workerOptions(data.config, data.generation, data.descriptor.index, data.arena);
  const worker = new Worker(openFabric(data.descriptor), options);
  buildDefinition(worker, definition, data.argument);
  worker.run();
} catch (error) {
  await report(failure(error));
}
await report({ kind: "done", result: new Uint8Array(0) });
