// Progress over lines that are full now and then: what arrives is always the sum of a run of whole batches.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, integers } from "../../src/index.ts";
import { Broadcast, ChangeBatch } from "../../src/progress/index.ts";

const batches = fc.array(fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.integer({ min: -2, max: 2 })), { maxLength: 5 }), {
  maxLength: 30,
});

function batchOf(changes: readonly (readonly [number, number, number])[]): ChangeBatch<number> {
  const batch = new ChangeBatch(integers);
  for (const [location, time, diff] of changes) batch.update(location, time, diff);
  batch.compact();
  return batch;
}

function textOf(batch: ChangeBatch<number>): string {
  batch.compact();
  return JSON.stringify([batch.locations, batch.times, batch.diffs].map((column) => column.slice(0, batch.length)));
}

describe("Broadcast", () => {
  it("delivers to every line the sums of runs of whole batches, in order", () => {
    fc.assert(
      fc.property(batches, fc.infiniteStream(fc.boolean()), (all, whims) => {
        const received = [new ChangeBatch(integers), new ChangeBatch(integers)];
        // What a receiver may have at any moment: the sum of the first so many batches.
        const sum = new ChangeBatch(integers);
        const prefixes = [textOf(sum)];
        let open = false;
        const lines = received.map((changes) => ({
          offer(message: Uint8Array): boolean {
            if (!open && whims.next().value) return false;
            const reader = new ByteReader(message.slice());
            expect(reader.varint()).toBe(77);
            broadcast.receive(reader, changes);
            expect(reader.done).toBe(true);
            expect(prefixes).toContain(textOf(changes));
            return true;
          },
        }));
        const broadcast = new Broadcast(integers, lines, (to) => to.varint(77));
        for (const changes of all) {
          const batch = batchOf(changes);
          batchOf(changes).drainInto(sum);
          prefixes.push(textOf(sum));
          if (!batch.isEmpty()) broadcast.send(batch);
          if (whims.next().value) broadcast.flush();
        }
        open = true;
        expect(broadcast.flush()).toBe(true);
        for (const changes of received) expect(textOf(changes)).toBe(textOf(sum));
      }),
    );
  });

  it("holds back no more than the distinct changes, however long a line stays full", () => {
    let open = false;
    let bytes = 0;
    let messages = 0;
    const line = {
      offer(message: Uint8Array): boolean {
        if (!open) return false;
        bytes = message.length;
        messages += 1;
        return true;
      },
    };
    const broadcast = new Broadcast(integers, [line], () => {});
    for (let i = 0; i < 10_000; i++) broadcast.send(batchOf([[i % 3, i % 5, 1]]));
    expect(broadcast.flush()).toBe(false);
    open = true;
    expect(broadcast.flush()).toBe(true);
    expect(messages).toBe(1);
    // 15 distinct entries of a location, a time and a count below 2^14.
    expect(bytes).toBeLessThanOrEqual(1 + 15 * 4);
  });

  it("sends nothing when what was held back cancelled", () => {
    const taken: number[] = [];
    let open = false;
    const broadcast = new Broadcast(
      integers,
      [{ offer: (message) => open && taken.push(message.length) > 0 }],
      () => {},
    );
    broadcast.send(batchOf([[1, 1, 1]]));
    broadcast.send(batchOf([[1, 1, -1]]));
    open = true;
    expect(broadcast.flush()).toBe(true);
    expect(taken).toEqual([]);
  });
});
