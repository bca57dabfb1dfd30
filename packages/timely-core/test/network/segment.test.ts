import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Receiver, Sender } from "../../src/communication/link.ts";
import { Ring } from "../../src/communication/ring.ts";
import { RingRuns } from "../../src/communication/ring-runs.ts";
import { Inlet } from "../../src/network/inlet.ts";
import { linkNumber, SegmentError, SegmentParser } from "../../src/network/segment.ts";

const capacity = 256;

/** One link, without a socket: what is sent on one side comes out as pieces of a stream, which enter on the other. */
function link(from: number, to: number) {
  const here = Ring.create(capacity, false);
  const there = Ring.create(capacity, false);
  const sender = new Sender(here, { name: "out" });
  const runs = new RingRuns(here, () => {});
  const inlet = new Inlet(there, "in", () => {});
  const receiver = new Receiver(there, { name: "in" });
  return { number: linkNumber(from, to), sender, runs, inlet, receiver };
}

/** The segment that holds the next run, or undefined. */
function segment({ number, runs }: ReturnType<typeof link>, most: number): Uint8Array | undefined {
  if (!runs.next(most)) return undefined;
  const bytes = new Uint8Array(8 + runs.length);
  bytes.set(new Uint8Array(Uint32Array.of(number, runs.length).buffer));
  bytes.set(runs.bytes.subarray(runs.offset, runs.offset + runs.length), 8);
  runs.free(runs.end);
  return bytes;
}

function header(link: number, length: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(link, length).buffer);
}

describe("A stream of segments", () => {
  it("brings every link's messages whole and in order, whatever pieces it comes in", () => {
    const message = fc.record({ link: fc.nat(2), length: fc.oneof(fc.nat(40), fc.nat(600)) });
    const scenario = fc.record({
      bursts: fc.array(fc.array(message, { maxLength: 8 }), { minLength: 1, maxLength: 12 }),
      most: fc.constantFrom(8, 64, 1000),
      piece: fc.integer({ min: 1, max: 100 }),
      /** Every how many bursts the receivers read. */
      every: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(scenario, ({ bursts, most, piece, every }) => {
        const links = [link(0, 2), link(1, 2), link(0, 3)];
        const parser = new SegmentParser(new Map(links.map(({ number, inlet }) => [number, inlet])));
        const sent: Uint8Array[][] = links.map(() => []);
        const received: Uint8Array[][] = links.map(() => []);
        let count = 0;
        const carry = (): void => {
          for (let moved = true; moved; ) {
            moved = false;
            for (const each of links) {
              each.sender.flush();
              const bytes = segment(each, most);
              if (bytes === undefined) continue;
              moved = true;
              for (let at = 0; at < bytes.length; at += piece) {
                parser.take(bytes, at, Math.min(at + piece, bytes.length));
              }
            }
          }
        };
        const read = (): void => {
          links.forEach(({ receiver, inlet }, i) => {
            inlet.flush();
            for (let next = receiver.receive(); next !== undefined; next = receiver.receive()) {
              received[i]?.push(next.bytes.slice(next.offset, next.offset + next.length));
              next.release();
              inlet.flush();
            }
          });
        };
        bursts.forEach((burst, turn) => {
          for (const { link: number, length } of burst) {
            const { sender } = links[number] as ReturnType<typeof link>;
            const bytes = Uint8Array.from({ length }, () => count++ % 251);
            const space = sender.begin(length);
            space.bytes.set(bytes, space.offset);
            sender.end();
            sent[number]?.push(bytes);
          }
          carry();
          if (turn % every === 0) read();
        });
        for (let i = 0; i < 100 && links.some(({ inlet }) => inlet.overflowBytes > 0); i++) read();
        read();
        expect(received).toEqual(sent);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["names a link that is none", [header(linkNumber(5, 5), 16)]],
    ["is shorter than a message", [header(linkNumber(0, 1), 0)]],
    ["is not a whole number of words", [header(linkNumber(0, 1), 17)]],
    ["holds a message longer than itself", [header(linkNumber(0, 1), 16), header(40, 0)]],
    ["holds a message longer than the ring takes", [header(linkNumber(0, 1), 2 ** 20), header(2 ** 19, 0)]],
    ["holds a length below zero", [header(linkNumber(0, 1), 16), header(0xffff_ffff, 0)]],
  ])("is refused where it %s", (_, pieces) => {
    const { number, inlet } = link(0, 1);
    const parser = new SegmentParser(new Map([[number, inlet]]));
    expect(() => {
      for (const piece of pieces) parser.take(piece, 0, piece.length);
    }).toThrow(SegmentError);
  });

  it("keeps no more beside a full ring than it may", () => {
    const { number } = link(0, 1);
    const inlet = new Inlet(Ring.create(capacity, false), "data 0->1", () => {}, 500);
    const parser = new SegmentParser(new Map([[number, inlet]]));
    const message = [header(number, 48), header(40, 0), new Uint8Array(40)];
    expect(() => {
      for (let i = 0; i < 100; i++) for (const piece of message) parser.take(piece, 0, piece.length);
    }).toThrow(/data 0->1 would queue \d+ bytes .* above its limit of 500/);
  });
});
