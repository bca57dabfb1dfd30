import { Worker } from "node:worker_threads";
import { beforeAll } from "vitest";
import { createFabrics, openFabric } from "../../src/communication/index.ts";
import { bundle } from "./bundle.ts";
import { conformance, type OpenTransport } from "./conformance.ts";

let source: URL;

beforeAll(async () => {
  const code = await bundle(new URL("./echo-thread.ts", import.meta.url));
  source = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}, 30_000);

/** Every echo in a worker thread of its own. */
function inThreads(mode: "block" | "async", spins: number): OpenTransport {
  return async (workers, index, options) => {
    const descriptors = createFabrics(workers, options);
    const exits = descriptors
      .filter((descriptor) => descriptor.index < workers && descriptor.index !== index)
      .map((descriptor) => {
        const worker = new Worker(source, { workerData: { descriptor, mode, spins } });
        return new Promise<void>((resolve, reject) => {
          worker.once("error", reject);
          worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a thread exited with ${code}`))));
        });
      });
    const own = descriptors[index];
    if (own === undefined) throw new Error(`there is no endpoint ${index}`);
    return {
      fabric: openFabric(own),
      ended: async () => {
        await Promise.all(exits);
      },
    };
  };
}

conformance("Rings between threads that block", inThreads("block", 0));
conformance("Rings between threads that spin, then block", inThreads("block", 100));
conformance("Rings between threads that wait asynchronously", inThreads("async", 0));
