// The program that a conformance test's peers run: it sends every message back on the link of its kind. It releases in
// a shuffled order and holds messages for a while, as a worker does whose operators have not run yet.

import type { Fabric } from "../../src/communication/index.ts";
import type { Message, Receiver, Sender } from "../../src/communication/link.ts";

/** First bytes of messages that are commands, not echoed. */
export const command = { hold: 0xf1, resume: 0xf2, stop: 0xf3 };

/** Which first bytes are no command. */
export const isCommand = (byte: number | undefined): boolean =>
  byte === command.hold || byte === command.resume || byte === command.stop;

/** An echo on one endpoint; `step` handles everything that came and never blocks. */
export class Echo {
  isStopped = false;
  readonly #fabric: Fabric;
  readonly #held: { message: Message; receiver: Receiver }[] = [];
  #isHolding = false;
  #random = 1;

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
  }

  step(): void {
    const fabric = this.#fabric;
    for (let peer = 0; peer < fabric.endpoints; peer++) {
      if (peer === fabric.index) continue;
      if (peer < fabric.workers) this.#answer(fabric.receiveProgress(peer), fabric.sendProgress(peer));
      if (!this.#isHolding) this.#answer(fabric.receiveData(peer), fabric.sendData(peer));
    }
    this.#fabric.flush();
  }

  /** Whether there is something that `step` would handle; data does not count while it is held back. */
  isReady(): boolean {
    if (!this.#isHolding) return this.#fabric.pending();
    for (let peer = 0; peer < this.#fabric.workers; peer++) {
      if (peer !== this.#fabric.index && this.#fabric.receiveProgress(peer).hasPending) return true;
    }
    return false;
  }

  #answer(from: Receiver, to: Sender): void {
    for (let message = from.receive(); message !== undefined; message = from.receive()) {
      const { bytes, offset, length } = message;
      const first = length === 1 ? bytes[offset] : undefined;
      if (isCommand(first)) {
        message.release();
        if (first === command.stop) this.isStopped = true;
        else this.#isHolding = first === command.hold;
        if (this.#isHolding) return;
        continue;
      }
      const space = to.begin(length);
      space.bytes.set(bytes.subarray(offset, offset + length), space.offset);
      to.end();
      this.#hold(message, from);
    }
    // Not only after a whole message: pieces of an unfinished one lie in the ring behind the messages that are held.
    if (!from.isCrowded) return;
    for (const entry of this.#held) if (entry.receiver === from) entry.message.detach();
  }

  #hold(message: Message, receiver: Receiver): void {
    const held = this.#held;
    held.push({ message, receiver });
    if (held.length <= 5) return;
    this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) >>> 0;
    const [entry] = held.splice((this.#random >>> 16) % held.length, 1);
    entry?.message.release();
  }
}
