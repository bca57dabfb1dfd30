// The barrier under many schedules: nobody passes a round that not all have come to, and everybody passes in the end.

import { describe, expect, it } from "vitest";
import { barrier, CapabilityError, solo } from "../../src/index.ts";
import { simulate } from "../../src/simulation/index.ts";

describe("barrier", () => {
  it("lets no worker pass before all have come, whatever the schedule", () => {
    for (let seed = 0; seed < 300; seed++) {
      const workers = 1 + (seed % 4);
      const came = Array.from({ length: workers }, () => 0);
      const rounds = 5;
      simulate({ seed, workers }, function* (worker, random) {
        const gate = barrier(worker);
        for (let round = 1; round <= rounds; round++) {
          for (let turns = random.below(10); turns > 0; turns--) yield;
          came[worker.index] = round;
          gate.arrive();
          expect(gate.round).toBe(round);
          while (!gate.reached) yield;
          expect(Math.min(...came), `seed ${seed}`).toBeGreaterThanOrEqual(round);
        }
        gate.close();
      });
      expect(came).toEqual(came.map(() => rounds));
    }
  });

  it("is not held up by a worker that closed it", () => {
    for (let seed = 0; seed < 50; seed++) {
      simulate({ seed, workers: 2 }, function* (worker) {
        using gate = barrier(worker);
        if (worker.index === 1) return;
        gate.arrive();
        while (!gate.reached) yield;
      });
    }
  });

  it("waits by stepping its worker, and can't be used once closed", () => {
    const worker = solo();
    const gate = barrier(worker);
    for (let i = 0; i < 10; i++) gate.wait();
    expect(gate.round).toBe(10);
    gate.close();
    worker.run();
    expect(() => gate.wait()).toThrow(CapabilityError);
  });
});
