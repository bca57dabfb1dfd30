import { describe, expect, it } from "vitest";
import { exchange, filter, input, inspect, iterate, map, probe } from "../../src/index.ts";
import { type Program, simulate } from "../../src/simulation/index.ts";

describe("simulate", () => {
  it("counts", () => {
    for (let seed = 0; seed < 200; seed++) {
      const seen: [number, number][] = [];
      const program: Program = function* (worker, random) {
        const { numbers } = worker.dataflow((scope) => {
          const numbers = input<number>(scope);
          const done = numbers.stream.pipe(
            exchange((n) => n),
            map((n) => n * 2),
            iterate((s) => {
              const next = s.pipe(
                map((n: number) => n - 3),
                exchange((n) => n),
              );
              return { again: next.pipe(filter((n) => n > 0)), out: next.pipe(filter((n) => n <= 0)) };
            }),
            inspect((n, t) => seen.push([t, n])),
            probe(),
          );
          return { numbers, done };
        });
        for (let t = 0; t < 5; t++) {
          for (let i = 0; i < 10; i++) numbers.send(i + random.below(2) * 10);
          yield;
          numbers.advanceTo(t + 1);
          yield;
        }
        numbers.close();
      };
      const coverage = simulate({ seed, workers: 1 + (seed % 3) }, program);
      void coverage;
      expect(seen.length).toBe(50 * (1 + (seed % 3)));
    }
  });
});
