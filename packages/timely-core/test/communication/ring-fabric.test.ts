import { describe, expect, it } from "vitest";
import { createFabrics, openFabric, Parking, RingError } from "../../src/communication/index.ts";
import { conformance, type OpenTransport } from "./conformance.ts";
import { Echo } from "./echo.ts";

/** Every endpoint in this thread, the echoes as asynchronous loops. */
function inThread(shared: boolean): OpenTransport {
  return async (workers, index, options) => {
    const descriptors = createFabrics(workers, { ...options, shared });
    const loops = descriptors
      .filter((descriptor) => descriptor.index < workers && descriptor.index !== index)
      .map(async (descriptor) => {
        const fabric = openFabric(descriptor);
        const parking = new Parking(fabric.doorbell, { spins: 0 });
        const echo = new Echo(fabric);
        for (echo.step(); !echo.isStopped; echo.step()) {
          await parking.wait(() => echo.isReady(), Number.POSITIVE_INFINITY);
        }
      });
    const own = descriptors[index];
    if (own === undefined) throw new Error(`there is no endpoint ${index}`);
    return {
      fabric: openFabric(own),
      ended: async () => {
        await Promise.all(loops);
      },
    };
  };
}

conformance("Rings in one thread on shared memory", inThread(true));
conformance("Rings in one thread without shared memory", inThread(false));

describe("createFabrics", () => {
  it("works where SharedArrayBuffer does not exist", async () => {
    const original = globalThis.SharedArrayBuffer;
    Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
    try {
      const [first, second] = createFabrics(2).map(openFabric);
      first?.sendData(1).begin(3);
      first?.sendData(1).end();
      first?.flush();
      expect(second?.receiveData(0).receive()?.length).toBe(3);
      expect(second?.doorbell.shared).toBe(false);
    } finally {
      globalThis.SharedArrayBuffer = original;
    }
  });

  it("takes one worker alone, and refuses odd ring sizes", () => {
    const [only] = createFabrics(1).map(openFabric);
    expect(only?.pending()).toBe(false);
    expect(() => createFabrics(2, { dataRingBytes: 1000 })).toThrow(RingError);
  });

  it("gives descriptors that can be posted", () => {
    const [descriptor] = createFabrics(2, { clients: 1 });
    expect(structuredClone(descriptor)?.peers.length).toBe(3);
  });
});
