import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ring, RingError, RingReader, RingWriter } from "../../src/communication/ring.ts";

/** Fills a payload with bytes that name their message. */
function stamp(bytes: Uint8Array, offset: number, length: number, id: number): void {
  for (let i = 0; i < length; i++) bytes[offset + i] = (id * 31 + i) & 0xff;
}

function expectStamp(bytes: Uint8Array, offset: number, length: number, id: number): void {
  for (let i = 0; i < length; i++) {
    if (bytes[offset + i] !== ((id * 31 + i) & 0xff)) throw new Error(`byte ${i} of message ${id} changed`);
  }
}

function open(capacity: number, start = 0): { writer: RingWriter; reader: RingReader } {
  const buffer = Ring.create(capacity, true, start);
  return { writer: new RingWriter(buffer), reader: new RingReader(buffer) };
}

/** Writes and publishes one message; returns whether there was room. */
function put(writer: RingWriter, length: number, id: number): boolean {
  const offset = writer.reserve(length, id);
  if (offset < 0) return false;
  stamp(writer.bytes, offset, length, id);
  writer.commit();
  writer.publish();
  return true;
}

describe("Ring.create", () => {
  it("refuses what is not a power of two in range", () => {
    for (const capacity of [0, 32, 63, 96, 2 ** 29, 64.5]) {
      expect(() => Ring.create(capacity, true)).toThrow(RingError);
    }
    expect(Ring.create(64, true)).toBeInstanceOf(SharedArrayBuffer);
    expect(Ring.create(64, false)).toBeInstanceOf(ArrayBuffer);
  });
});

describe("RingWriter and RingReader", () => {
  it("shows nothing before publish, then everything committed at once", () => {
    const { writer, reader } = open(256);
    for (let id = 0; id < 3; id++) {
      stamp(writer.bytes, writer.reserve(10, id), 10, id);
      writer.commit();
    }
    writer.reserve(8, 3);
    expect(reader.hasPending).toBe(false);
    expect(reader.next()).toBe(false);
    expect(writer.publish()).toBe(true);
    expect(writer.publish()).toBe(false);
    expect(reader.hasPending).toBe(true);
    for (let id = 0; id < 3; id++) {
      expect(reader.next()).toBe(true);
      expect(reader.tag).toBe(id);
      expect(reader.length).toBe(10);
      expect(reader.offset % 8).toBe(0);
      expectStamp(reader.bytes, reader.offset, 10, id);
    }
    expect(reader.next()).toBe(false);
    writer.commit(4);
    writer.publish();
    expect(reader.next()).toBe(true);
    expect(reader.length).toBe(4);
  });

  it("says -1 when full and frees in order, whatever the order of release", () => {
    const { writer, reader } = open(64);
    const tokens: number[] = [];
    for (let id = 0; id < 4; id++) expect(put(writer, 8, id)).toBe(true);
    expect(put(writer, 0, 9)).toBe(false);
    while (reader.next()) tokens.push(reader.token);
    expect(reader.heldBytes).toBe(64);
    reader.release(tokens[2] as number);
    reader.release(tokens[1] as number);
    expect(put(writer, 8, 9)).toBe(false);
    reader.release(tokens[0] as number);
    expect(reader.heldBytes).toBe(16);
    expect(writer.usedBytes).toBe(16);
    for (let id = 4; id < 7; id++) expect(put(writer, 8, id)).toBe(true);
    expect(put(writer, 8, 9)).toBe(false);
  });

  it("fits a message of maxMessage while half of the ring is held, wherever the cursors stand", () => {
    for (const capacity of [64, 128, 1024]) {
      for (let start = 0; start < capacity; start += 8) {
        const { writer, reader } = open(capacity, start);
        const half = capacity / 2 / 16;
        for (let id = 0; id < half; id++) expect(put(writer, 8, id)).toBe(true);
        while (reader.next());
        expect(reader.heldBytes).toBeGreaterThanOrEqual(capacity / 2);
        expect(put(writer, writer.maxMessage, 7)).toBe(true);
      }
    }
  });

  it("rejects misuse with a typed error", () => {
    const { writer, reader } = open(64);
    expect(() => writer.reserve(writer.maxMessage + 1)).toThrow(RingError);
    expect(() => writer.commit()).toThrow(RingError);
    writer.reserve(4);
    expect(() => writer.reserve(4)).toThrow(RingError);
    expect(() => writer.commit(5)).toThrow(RingError);
    writer.commit();
    writer.publish();
    expect(() => reader.release(0)).toThrow(RingError);
    reader.next();
    reader.release(reader.token);
    expect(() => reader.release(reader.token)).toThrow(RingError);
  });

  it("tells a writer that asked for room once enough is free, and only then", () => {
    const buffer = Ring.create(256, true);
    const writer = new RingWriter(buffer);
    let rings = 0;
    const reader = new RingReader(buffer, () => rings++);
    let id = 0;
    while (put(writer, 8, id)) id += 1;
    expect(writer.requestRoom(writer.maxMessage)).toBe(false);
    const needed = 64 / 16;
    for (let freed = 1; freed <= 8; freed++) {
      reader.next();
      reader.release(reader.token);
      expect(rings).toBe(freed < needed ? 0 : 1);
    }
    expect(writer.requestRoom(writer.maxMessage)).toBe(true);
  });

  it("carries every message unchanged and in order through any interleaving, across the wrap of the cursors", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 9 }),
        fc.constantFrom(0, 2 ** 31 - 64, 2 ** 32 - 64, 2 ** 32 - 8),
        fc.infiniteStream(fc.nat()),
        (bits, start, random) => {
          const next = (bound: number): number => (random.next().value as number) % bound;
          const { writer, reader } = open(2 ** bits, start);
          const lengths: number[] = [];
          const held: { token: number; offset: number; id: number }[] = [];
          let read = 0;
          for (let step = 0; step < 300; step++) {
            const action = next(4);
            if (action === 0) {
              const length = next(writer.maxMessage + 1);
              const offset = writer.reserve(length, lengths.length);
              if (offset < 0) continue;
              const used = next(length + 1);
              stamp(writer.bytes, offset, used, lengths.length);
              writer.commit(used);
              lengths.push(used);
            } else if (action === 1) {
              writer.publish();
            } else if (action === 2) {
              if (!reader.next()) continue;
              expect(reader.tag).toBe(read);
              expect(reader.length).toBe(lengths[read]);
              held.push({ token: reader.token, offset: reader.offset, id: read });
              read += 1;
            } else if (held.length > 0) {
              const [message] = held.splice(next(held.length), 1);
              if (message !== undefined) reader.release(message.token);
            }
            for (const message of held) {
              expectStamp(reader.bytes, message.offset, lengths[message.id] as number, message.id);
            }
          }
          for (const message of held) reader.release(message.token);
          writer.publish();
          for (; reader.next(); read++) {
            expect(reader.tag).toBe(read);
            expectStamp(reader.bytes, reader.offset, lengths[read] as number, read);
            reader.release(reader.token);
          }
          expect(read).toBe(lengths.length);
          expect(reader.heldBytes).toBe(0);
          expect(writer.usedBytes).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
