// The pairs of the hash join against two nested loops, under simulated schedules.
import { describe, expect, it } from "vitest";
import { hashJoin, keyed } from "../../examples/dataflows/hash-join.ts";
import { input, inspect } from "../../src/index.ts";
import { Random, simulate } from "../../src/simulation/index.ts";
import { share } from "./random-graph.ts";

interface Keyed {
  readonly key: number;
  readonly value: number;
  readonly time: number;
}

/** Records in the order of their times. */
function draw(random: Random, keys: number): Keyed[] {
  const records = Array.from({ length: random.below(60) }, (_, value) => ({ key: random.below(keys), value }));
  return records.map((record, i) => ({ ...record, time: Math.floor(i / 10) }));
}

describe("hash join", () => {
  it.each([1, 2, 3])("pairs all values of equal keys on %i workers", (workers) => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const keys = 1 + random.below(12);
      const lefts = draw(random, keys);
      const rights = draw(random, keys);
      const found: string[] = [];
      simulate({ seed, workers }, function* (worker) {
        const { left, right } = worker.dataflow((scope) => {
          const left = input(scope, keyed);
          const right = input(scope, keyed);
          left.stream.pipe(
            hashJoin(right.stream),
            inspect((pair, time) => found.push(`${pair.left} ${pair.right} at ${time}`)),
          );
          return { left, right };
        });
        for (let time = 0; time < 6; time++) {
          for (const [records, feed] of [[lefts, left] as const, [rights, right] as const]) {
            for (const record of share(records, worker.index, workers)) {
              if (record.time === time) feed.send({ key: record.key, value: record.value });
            }
            yield;
          }
          left.advanceTo(time + 1);
          right.advanceTo(time + 1);
        }
        left.close();
        right.close();
      });
      const expected: string[] = [];
      for (const left of lefts)
        for (const right of rights) {
          if (left.key === right.key) expected.push(`${left.value} ${right.value}`);
        }
      const pairs = found.map((text) => text.replace(/ at .*/, ""));
      expect(pairs.sort(), `seed ${seed}`).toEqual(expected.sort());
    }
  });
});
