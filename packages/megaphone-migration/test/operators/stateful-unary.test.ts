// Running sums by key, with post-dated retractions, equal those of one thread whatever moves where and when.

import { input, inspect } from "@limmat/timely-core";
import { simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import type { ControlRecord } from "../../src/index.ts";
import { PlainStore } from "../oracle/plain-store.ts";
import { type Add, expectedSums, hashOf, type Sum, seenSums, sums } from "./sums.ts";

describe("statefulUnary", () => {
  it("equals the oracle whatever moves", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const workers = 1 + (seed % 3);
      const records: { time: number; add: Add }[] = [];
      const results: Sum[] = [];
      const bins = seed % 4;
      const gating = seed % 5 === 0 ? "step" : "bin";
      simulate({ seed, workers }, function* (worker, random) {
        const { feed, control } = worker.dataflow((scope) => {
          const feed = input<Add>(scope);
          const control = input<ControlRecord>(scope, "control");
          feed.stream.pipe(
            sums(
              {
                control: control.stream,
                bins,
                gating,
                preCopy: (seed % 3) * 100,
                budget: 1 + (seed % 7) * 10,
                credit: 1 + (seed % 6) * 20,
              },
              () => new PlainStore<string, number>(hashOf),
            ),
            inspect((sum) => {
              results.push(sum);
            }),
          );
          return { feed, control };
        });
        let sequence = 0;
        if (worker.index > 0) control.close();
        for (let time = 0; time < 12; time++) {
          for (let i = random.below(4); i > 0; i--) {
            const add = {
              key: `k${random.below(12)}`,
              by: 1 + random.below(5),
              after: random.below(2) * random.below(6),
            };
            records.push({ time, add });
            feed.send(add);
          }
          if (worker.index === 0 && random.chance(0.6)) {
            const all = Array.from({ length: 2 ** bins }, () => random.below(worker.peers));
            control.send({ kind: "map", workers: all, sequence: sequence++, count: 1 });
          }
          if (random.chance(0.5)) yield;
          feed.advanceTo(time + 1);
          if (random.chance(0.5)) yield;
          if (worker.index === 0) control.advanceTo(time + 1);
          if (random.chance(0.5)) yield;
        }
        feed.close();
        control.close();
      });
      expect(seenSums(results), `seed ${seed}`).toEqual(expectedSums(records));
    }
  });
});
