// What every transport must do, whatever carries its bytes. A transport's test hands over a way to open one whose
// workers run an echo, and the suite plays the endpoint that is left.

import { afterEach, describe, expect, it } from "vitest";
import {
  EndpointError,
  type Fabric,
  type FabricOptions,
  Parking,
  type Receiver,
  type Sender,
} from "../../src/communication/index.ts";
import { command, isCommand } from "./echo.ts";

/** A transport under test: the suite's endpoint, and how to end the others after they were told to stop. */
export interface OpenedTransport {
  readonly fabric: Fabric;
  ended(): Promise<void>;
}

/** Opens a transport in which every worker but endpoint `index` runs an echo. */
export type OpenTransport = (workers: number, index: number, options: FabricOptions) => Promise<OpenedTransport>;

/** One kind of link with one peer, with the messages that are still to come back. */
class Exchange {
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly #expected: Uint8Array[] = [];
  #seed: number;
  #answered = 0;

  constructor(sender: Sender, receiver: Receiver, seed: number) {
    this.sender = sender;
    this.receiver = receiver;
    this.#seed = seed;
  }

  get outstanding(): number {
    return this.#expected.length - this.#answered;
  }

  random(bound: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.#seed >>> 8) % bound;
  }

  send(length: number): void {
    const bytes = Uint8Array.from({ length }, () => this.random(256));
    if (length === 1 && isCommand(bytes[0])) bytes[0] = 0;
    const space = this.sender.begin(length);
    space.bytes.set(bytes, space.offset);
    this.sender.end();
    this.#expected.push(bytes);
  }

  receive(): void {
    for (let message = this.receiver.receive(); message !== undefined; message = this.receiver.receive()) {
      const expected = this.#expected[this.#answered];
      this.#answered += 1;
      const received = message.bytes.subarray(message.offset, message.offset + message.length);
      if (expected === undefined || Buffer.compare(expected, received) !== 0) {
        throw new Error(`${this.receiver.name}: answer ${this.#answered} is not what was sent`);
      }
      message.release();
    }
  }
}

/** Registers the suite under the transport's name. */
export function conformance(name: string, open: OpenTransport): void {
  describe(`${name}, as a transport`, () => {
    let opened: OpenedTransport | undefined;

    async function start(workers: number, index: number, options: FabricOptions): Promise<Fabric> {
      opened = await open(workers, index, options);
      return opened.fabric;
    }

    /** Sends a command on the progress link where there is one. */
    function order(fabric: Fabric, peer: number, byte: number): void {
      const sender = fabric.index < fabric.workers ? fabric.sendProgress(peer) : fabric.sendData(peer);
      const space = sender.begin(1);
      space.bytes[space.offset] = byte;
      sender.end();
      fabric.flush();
    }

    /** Receives, flushes and parks until the condition holds; a lost wake-up hangs here and fails by the test's time. */
    async function until(fabric: Fabric, exchanges: readonly Exchange[], isDone: () => boolean): Promise<void> {
      const parking = new Parking(fabric.doorbell, { spins: 0 });
      for (;;) {
        for (const exchange of exchanges) exchange.receive();
        fabric.flush();
        if (isDone()) return;
        await parking.wait(() => fabric.pending(), Number.POSITIVE_INFINITY);
      }
    }

    function exchangesOf(fabric: Fabric): Exchange[] {
      const exchanges: Exchange[] = [];
      for (let peer = 0; peer < fabric.workers; peer++) {
        if (peer === fabric.index) continue;
        exchanges.push(new Exchange(fabric.sendData(peer), fabric.receiveData(peer), 2 * peer + 1));
        if (fabric.index >= fabric.workers) continue;
        exchanges.push(new Exchange(fabric.sendProgress(peer), fabric.receiveProgress(peer), 2 * peer + 2));
      }
      return exchanges;
    }

    afterEach(async () => {
      if (opened === undefined) return;
      const { fabric, ended } = opened;
      opened = undefined;
      for (let peer = 0; peer < fabric.workers; peer++) {
        if (peer !== fabric.index) order(fabric, peer, command.stop);
      }
      await until(fabric, [], () => fabric.flush());
      await ended();
    });

    it("joins every worker with every other and with the clients, and nobody else", async () => {
      const fabric = await start(2, 0, { clients: 1 });
      expect(fabric).toMatchObject({ index: 0, workers: 2, endpoints: 3 });
      expect(fabric.sendData(1)).toBe(fabric.sendData(1));
      expect(fabric.sendData(1).name).toBe("data 0->1");
      expect(fabric.receiveProgress(1).name).toBe("progress 1->0");
      expect(fabric.sendData(2)).toBeDefined();
      for (const peer of [0, 3, -1]) expect(() => fabric.sendData(peer)).toThrow(EndpointError);
      expect(() => fabric.receiveData(0)).toThrow(/0 has no data link with endpoint 0/);
      expect(() => fabric.sendProgress(2)).toThrow(EndpointError);
      expect(() => fabric.receiveProgress(2)).toThrow(EndpointError);
    });

    it("has nothing pending and nothing to flush when nothing was sent", async () => {
      const fabric = await start(2, 0, {});
      expect(fabric.pending()).toBe(false);
      expect(fabric.flush()).toBe(true);
    });

    it.each([
      [64, 64],
      [256, 64],
      [4096, 1024],
    ])("keeps every pair's messages whole and in order over rings of %i and %i bytes", async (data, progress) => {
      const fabric = await start(3, 0, { dataRingBytes: data, progressRingBytes: progress });
      const exchanges = exchangesOf(fabric);
      for (let burst = 0; burst < 40; burst++) {
        for (const exchange of exchanges) {
          for (let i = exchange.random(6); i > 0; i--) exchange.send(exchange.random(burst % 8 === 0 ? 1500 : 40));
        }
        await until(fabric, exchanges, () => exchanges.every((exchange) => exchange.outstanding < 10));
      }
      await until(fabric, exchanges, () => exchanges.every((exchange) => exchange.outstanding === 0));
      expect(exchanges.every((exchange) => exchange.sender.overflowBytes === 0)).toBe(true);
    });

    it("carries a message far larger than its ring", async () => {
      const fabric = await start(2, 1, { dataRingBytes: 1024, progressRingBytes: 256 });
      const exchanges = exchangesOf(fabric);
      for (const exchange of exchanges) exchange.send(30_000);
      await until(fabric, exchanges, () => exchanges.every((exchange) => exchange.outstanding === 0));
    });

    it("passes progress while data stands still, and the data afterwards", async () => {
      const fabric = await start(2, 0, { dataRingBytes: 256, progressRingBytes: 256 });
      const [data, progress] = exchangesOf(fabric) as [Exchange, Exchange];
      order(fabric, 1, command.hold);
      progress.send(5);
      await until(fabric, [progress], () => progress.outstanding === 0);
      for (let i = 0; i < 50; i++) data.send(40);
      fabric.flush();
      expect(data.sender.overflowBytes).toBeGreaterThan(0);
      for (let i = 0; i < 20; i++) {
        progress.send(20);
        await until(fabric, [data, progress], () => progress.outstanding === 0);
      }
      expect(data.outstanding).toBe(50);
      order(fabric, 1, command.resume);
      await until(fabric, [data, progress], () => data.outstanding === 0);
    });

    it("wakes a parked peer for every single message", async () => {
      const fabric = await start(2, 0, {});
      const exchanges = exchangesOf(fabric);
      for (let round = 0; round < 300; round++) {
        const exchange = exchanges[round % 2] as Exchange;
        exchange.send(8);
        await until(fabric, exchanges, () => exchange.outstanding === 0);
      }
    });

    it("joins a client to each worker by data links", async () => {
      const fabric = await start(2, 2, { clients: 1, dataRingBytes: 256 });
      const exchanges = exchangesOf(fabric);
      expect(exchanges.length).toBe(2);
      expect(() => fabric.sendProgress(0)).toThrow(EndpointError);
      for (let i = 0; i < 100; i++) for (const exchange of exchanges) exchange.send(exchange.random(100));
      await until(fabric, exchanges, () => exchanges.every((exchange) => exchange.outstanding === 0));
    });
  });
}
