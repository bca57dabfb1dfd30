import { describe, expect, it } from "vitest";
import { createFabrics, type Fabric, openFabric, Parking, RingError } from "../../src/communication/index.ts";
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

  it("is pending when overflow could move, and asks the receiver to ring when it could not", async () => {
    const [first, second] = createFabrics(2, { dataRingBytes: 64, shared: false }).map(openFabric) as [Fabric, Fabric];
    for (let i = 0; i < 6; i++) {
      first.sendData(1).begin(8);
      first.sendData(1).end();
    }
    expect(first.flush()).toBe(false);
    expect(first.pending()).toBe(false);
    const parked = new Parking(first.doorbell, { spins: 0 }).wait(() => first.pending(), Number.POSITIVE_INFINITY);
    second.receiveData(0).receive()?.release();
    await parked;
    expect(first.pending()).toBe(true);
    expect(first.flush()).toBe(false);
    expect(first.pending()).toBe(false);
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
