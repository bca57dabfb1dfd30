import fc from "fast-check";
import { expect, test } from "vitest";
import { MonotoneQueue } from "../../src/routes/monotone-queue.ts";

const key = fc.oneof(
  fc.nat(40),
  fc.nat(2000),
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 2 ** 30 - 3, max: 2 ** 30 + 3 }),
  fc.integer({ min: 0, max: 2 ** 51 }),
);

test("gives all items of the least key, whatever was pushed between", () => {
  const queue = new MonotoneQueue();
  fc.assert(
    fc.property(fc.array(fc.array(key, { maxLength: 12 }), { maxLength: 20 }), fc.boolean(), (steps, drain) => {
      queue.clear();
      let waiting: { at: number; item: number }[] = [];
      let last = 0;
      let item = 0;
      const take = (): void => {
        const least = Math.min(...waiting.map(({ at }) => at));
        expect(queue.nextBatch()).toBe(waiting.length === 0 ? -1 : least);
        const expected = waiting.filter(({ at }) => at === least).map((entry) => entry.item);
        expect([...queue.batch.subarray(0, queue.batchSize)].sort((a, b) => a - b)).toEqual(expected);
        waiting = waiting.filter(({ at }) => at !== least);
        if (expected.length > 0) last = least;
        expect(queue.size).toBe(waiting.length);
      };
      for (const increments of steps) {
        for (const increment of increments) {
          const at = last + increment;
          if (at > Number.MAX_SAFE_INTEGER) continue;
          queue.push(at, item);
          waiting.push({ at, item: item++ });
        }
        take();
      }
      while (drain && waiting.length > 0) take();
    }),
    { numRuns: 500 },
  );
});

test("grows with many entries of one key", () => {
  const queue = new MonotoneQueue();
  for (let item = 0; item < 5000; item++) queue.push(7 + (item % 2), item);
  expect(queue.nextBatch()).toBe(7);
  expect(new Set(queue.batch.subarray(0, queue.batchSize)).size).toBe(2500);
  expect(queue.nextBatch()).toBe(8);
  expect(queue.nextBatch()).toBe(-1);
});
