import { describe, expect, it } from "vitest";
import { stateMachine } from "../../src/index.ts";
import { drive } from "./drive.ts";

describe("stateMachine", () => {
  it("gives every record its number among those of its key, and forgets keys that are done, whatever moves", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { first, results } = drive<number, never, readonly [number, number]>({
        seed,
        workers: 1 + (seed % 3),
        bins: seed % 4,
        record1: (random) => random.below(5),
        build: (stream, _, control) =>
          stream.pipe(
            stateMachine(
              "numbers",
              {
                key: (key) => key,
                initial: () => 0,
                // Every third time a key is done.
                step: (state, key, give) => {
                  give([key, state]);
                  return state === 2 ? undefined : state + 1;
                },
              },
              { control, bins: seed % 4, budget: 30, credit: 50 },
            ),
          ),
      });
      const numbers = new Map<number, number>();
      const expected = first
        .slice()
        .sort(([a], [b]) => a - b)
        .map(([time, key]) => {
          const number = numbers.get(key) ?? 0;
          numbers.set(key, (number + 1) % 3);
          return `${key} ${number} at ${time}`;
        });
      expect(results.map(([time, [key, n]]) => `${key} ${n} at ${time}`).sort(), `seed ${seed}`).toEqual(
        expected.sort(),
      );
    }
  });
});
