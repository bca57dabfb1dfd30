// A worker thread that runs an echo until it is told to stop; bundled from source by the thread tests.

import { workerData } from "node:worker_threads";
import { type FabricDescriptor, openFabric, Parking } from "../../src/communication/index.ts";
import { Echo } from "./echo.ts";

const { descriptor, mode, spins } = workerData as {
  descriptor: FabricDescriptor;
  mode: "block" | "async";
  spins: number;
};
const fabric = openFabric(descriptor);
const parking = new Parking(fabric.doorbell, { spins });
const echo = new Echo(fabric);
const isReady = (): boolean => echo.isReady();
for (echo.step(); !echo.isStopped; echo.step()) {
  if (mode === "block") parking.block(isReady, Number.POSITIVE_INFINITY);
  else await parking.wait(isReady, Number.POSITIVE_INFINITY);
}
