import { Worker } from "node:worker_threads";
import { beforeAll, describe, expect, it } from "vitest";
import { createFabrics, openFabric } from "../../src/communication/index.ts";
import { bundle } from "./bundle.ts";
import { conformance, type OpenTransport } from "./conformance.ts";

let echo: URL;
let driver: URL;

beforeAll(async () => {
  const load = async (file: string): Promise<URL> =>
    new URL(`data:text/javascript,${encodeURIComponent(await bundle(new URL(file, import.meta.url)))}`);
  echo = await load("./echo-thread.ts");
  driver = await load("./driver-thread.ts");
}, 30_000);

/** Resolves when a thread ended well. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a thread exited with ${code}`))));
  });
}

/** Every echo in a worker thread of its own. */
function inThreads(mode: "block" | "async", spins: number): OpenTransport {
  return async (workers, index, options) => {
    const descriptors = createFabrics(workers, options);
    const exits = descriptors
      .filter((descriptor) => descriptor.index < workers && descriptor.index !== index)
      .map((descriptor) => ended(new Worker(echo, { workerData: { descriptor, mode, spins } })));
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

describe("Two threads that both block", () => {
  it.each([
    [64, 4_000],
    [4096, 8_000],
  ])(
    "lose no wake-up over rings of %i bytes in %i rounds",
    async (dataRingBytes, rounds) => {
      const [first, second] = createFabrics(2, { dataRingBytes });
      const echoing = ended(new Worker(echo, { workerData: { descriptor: second, mode: "block", spins: 0 } }));
      const driving = new Worker(driver, { workerData: { descriptor: first, peer: 1, rounds } });
      const result = new Promise((resolve) => driving.once("message", resolve));
      await Promise.all([ended(driving), echoing]);
      const sizes = Array.from({ length: rounds }, (_, round) => (1 + (round % 4)) * (8 + ((round * 7) % 24)));
      expect(await result).toEqual({ received: (rounds * 10) / 4, sum: sizes.reduce((sum, size) => sum + size, 0) });
    },
    30_000,
  );
});
