// A worker thread that sends bursts to an echo and blocks until each came back, over and over: the stress of parking
// between two threads that both block. A lost wake-up hangs it.

import { parentPort, workerData } from "node:worker_threads";
import { type FabricDescriptor, openFabric, Parking } from "../../src/communication/index.ts";
import { command } from "./echo.ts";

const { descriptor, peer, rounds } = workerData as { descriptor: FabricDescriptor; peer: number; rounds: number };
const fabric = openFabric(descriptor);
const parking = new Parking(fabric.doorbell, { spins: 0 });
const [sender, receiver] = [fabric.sendData(peer), fabric.receiveData(peer)];
const isPending = (): boolean => fabric.pending();

let sum = 0;
let sent = 0;
let received = 0;
for (let round = 0; round < rounds; round++) {
  for (let i = round % 4; i >= 0; i--) {
    const space = sender.begin(8 + ((round * 7) % 24));
    space.bytes[space.offset] = sent & 0x7f;
    sender.end();
    sent += 1;
  }
  fabric.flush();
  while (received < sent) {
    for (let message = receiver.receive(); message !== undefined; message = receiver.receive()) {
      if (message.bytes[message.offset] !== (received & 0x7f)) throw new Error(`answer ${received} is out of order`);
      sum += message.length;
      received += 1;
      message.release();
    }
    fabric.flush();
    if (received < sent) parking.block(isPending, Number.POSITIVE_INFINITY);
  }
}
const stop = sender.begin(1);
stop.bytes[stop.offset] = command.stop;
sender.end();
fabric.flush();
parentPort?.postMessage({ received, sum });
