import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LinkError, type Message, Receiver, Sender } from "../../src/communication/link.ts";
import { OverflowError } from "../../src/communication/overflow.ts";
import { Ring } from "../../src/communication/ring.ts";

function open(
  capacity: number,
  overflowLimit?: number,
): { sender: Sender; receiver: Receiver; rings: { count: number } } {
  const buffer = Ring.create(capacity, true);
  const rings = { count: 0 };
  const limit = overflowLimit === undefined ? {} : { overflowLimit };
  const sender = new Sender(buffer, { name: "data 0->1", notify: () => rings.count++, ...limit });
  return { sender, receiver: new Receiver(buffer, { name: "data 0->1" }), rings };
}

function send(sender: Sender, payload: Uint8Array): void {
  const space = sender.begin(payload.length);
  space.bytes.set(payload, space.offset);
  sender.end();
}

function payloadOf(message: Message): number[] {
  return [...message.bytes.subarray(message.offset, message.offset + message.length)];
}

/** A payload of that many bytes which no other id shares from its third byte on. */
function payload(length: number, id: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (id * 17 + i * 3) & 0xff);
}

describe("Sender and Receiver", () => {
  it("publish and notify once a flush, and not at all when nothing is new", () => {
    const { sender, receiver, rings } = open(1024);
    send(sender, payload(3, 1));
    send(sender, payload(4, 2));
    expect(receiver.hasPending).toBe(false);
    expect(sender.flush()).toBe(true);
    expect(rings.count).toBe(1);
    expect(sender.flush()).toBe(true);
    expect(rings.count).toBe(1);
    expect(receiver.hasPending).toBe(true);
    expect(receiver.receive()?.length).toBe(3);
    expect(receiver.receive()?.length).toBe(4);
    expect(receiver.receive()).toBeUndefined();
  });

  it("reuse message objects instead of making new ones", () => {
    const { sender, receiver } = open(1024);
    const seen = new Set<Message>();
    for (let id = 0; id < 50; id++) {
      send(sender, payload(40, id));
      sender.flush();
      const message = receiver.receive() as Message;
      expect(payloadOf(message)).toEqual([...payload(40, id)]);
      seen.add(message);
      message.release();
    }
    expect(seen.size).toBe(1);
  });

  it("leave an open message alone when flushed, in the ring and in the overflow", () => {
    const { sender, receiver } = open(64);
    for (let id = 0; id < 12; id++) {
      const space = sender.begin(8);
      sender.flush();
      space.bytes.set(payload(8, id), space.offset);
      sender.end(5);
      if (id > 6) receiver.receive()?.release();
    }
    let last: number[] = [];
    for (;;) {
      sender.flush();
      const message = receiver.receive();
      if (message === undefined) break;
      last = payloadOf(message);
      message.release();
    }
    expect(last).toEqual([...payload(8, 11).subarray(0, 5)]);
  });

  it("free the room of a detached message and keep its bytes", () => {
    const { sender, receiver } = open(64);
    const held: Message[] = [];
    for (let id = 0; id < 20; id++) {
      send(sender, payload(8, id));
      expect(sender.flush()).toBe(true);
      const message = receiver.receive() as Message;
      if (receiver.isCrowded) for (const earlier of held) earlier.detach();
      held.push(message);
    }
    held.forEach((message, id) => {
      expect(payloadOf(message)).toEqual([...payload(8, id)]);
    });
    expect(held[0]?.detached).toBe(true);
    for (const message of held.reverse()) message.release();
    expect(receiver.heldBytes).toBe(0);
  });

  it("name the channel and the bytes when the overflow reaches its limit, and go on after it drained", () => {
    const { sender, receiver } = open(64, 200);
    let refused: unknown;
    let sent = 0;
    try {
      for (;;) {
        send(sender, payload(8, sent));
        sent += 1;
      }
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(OverflowError);
    expect(refused).toMatchObject({ code: "OVERFLOW", channel: "data 0->1", bytes: 208, limit: 200 });
    expect(sent).toBe(4 + 12);
    expect(sender.overflowBytes).toBe(192);
    for (let id = 0; id < sent; id++) {
      sender.flush();
      const message = receiver.receive() as Message;
      expect(payloadOf(message)).toEqual([...payload(8, id)]);
      message.release();
    }
    expect(sender.flush()).toBe(true);
    expect(sender.overflowBytes).toBe(0);
    send(sender, payload(8, 0));
  });

  it("ring back when room was freed that the sender waits for", () => {
    const buffer = Ring.create(64, true);
    let woken = 0;
    const sender = new Sender(buffer, { name: "data 0->1" });
    const receiver = new Receiver(buffer, { name: "data 0->1", notify: () => woken++ });
    for (let id = 0; id < 6; id++) send(sender, payload(8, id));
    expect(sender.flush()).toBe(false);
    expect(sender.canFlush()).toBe(false);
    receiver.receive()?.release();
    expect(woken).toBe(1);
    expect(sender.canFlush()).toBe(true);
    expect(sender.flush()).toBe(false);
  });

  it("reject misuse with a typed error that names the channel", () => {
    const { sender, receiver } = open(64);
    expect(() => sender.end()).toThrow(LinkError);
    sender.begin(8);
    expect(() => sender.begin(8)).toThrow(/data 0->1/);
    expect(() => sender.end(9)).toThrow(LinkError);
    sender.end();
    sender.flush();
    const message = receiver.receive() as Message;
    message.release();
    expect(() => message.release()).toThrow(LinkError);
    expect(() => message.detach()).toThrow(LinkError);
    expect(() => sender.begin(2 ** 30 + 1)).toThrow(LinkError);
  });

  it("are the identity on sequences of messages for any sizes, rings and interleaving", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 10 }),
        fc.integer({ min: 1, max: 700 }),
        fc.infiniteStream(fc.nat()),
        (bits, maxLength, random) => {
          const next = (bound: number): number => (random.next().value as number) % bound;
          const { sender, receiver } = open(2 ** bits);
          const sent: number[][] = [];
          const held: { message: Message; id: number }[] = [];
          let received = 0;
          const receive = (): boolean => {
            const message = receiver.receive();
            if (message === undefined) return false;
            expect(message.offset % 8).toBe(0);
            expect(payloadOf(message)).toEqual(sent[received]);
            held.push({ message, id: received });
            received += 1;
            return true;
          };
          const release = (): void => {
            const [entry] = held.splice(next(held.length), 1);
            if (entry === undefined) return;
            expect(payloadOf(entry.message)).toEqual(sent[entry.id]);
            entry.message.release();
          };
          for (let step = 0; step < 200; step++) {
            const action = next(8);
            if (action < 3) {
              const bytes = payload(next(maxLength), sent.length);
              const slack = next(20);
              const space = sender.begin(bytes.length + slack);
              expect(space.offset % 8).toBe(0);
              space.bytes.set(bytes, space.offset);
              sender.end(bytes.length);
              sent.push([...bytes]);
            } else if (action === 3) expect(sender.flush()).toBe(sender.overflowBytes === 0);
            else if (action < 6) receive();
            else if (action === 6) release();
            else held[next(Math.max(held.length, 1))]?.message.detach();
          }
          // A message in pieces takes several rounds, each of which moves at least one piece.
          const rounds = (200 * (maxLength + 20)) / 8;
          for (let round = 0; received < sent.length && round < rounds; round++) {
            sender.flush();
            receive();
            release();
          }
          expect(received).toBe(sent.length);
          expect(sender.flush()).toBe(true);
          while (held.length > 0) release();
          expect(receiver.heldBytes).toBe(0);
          expect(sender.queuedBytes).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
