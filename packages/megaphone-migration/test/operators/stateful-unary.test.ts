// Running sums by key, with post-dated retractions, equal those of one thread whatever moves where and when.

import { byKey, input, inspect, keys, rows } from "@limmat/timely-core";
import { simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import { type ControlRecord, statefulUnary } from "../../src/index.ts";
import { PlainStore } from "../oracle/plain-store.ts";

interface Add {
  readonly key: number;
  readonly by: number;
  /** Taken back that much later; 0 for never. */
  readonly after: number;
}

interface Sum {
  readonly key: number;
  readonly time: number;
  readonly sum: number;
}

const hash = (key: number): number => keys.hash(key);

function oracle(records: readonly (Add & { time: number })[]): Map<string, number> {
  const events = records.flatMap(({ key, by, after, time }) =>
    after === 0
      ? [{ key, by, time }]
      : [
          { key, by, time },
          { key, by: -by, time: time + after },
        ],
  );
  const last = new Map<string, number>();
  const sums = new Map<number, number>();
  for (const { key, by, time } of events.sort((a, b) => a.time - b.time)) {
    const sum = (sums.get(key) ?? 0) + by;
    sums.set(key, sum);
    last.set(`${key}@${time}`, sum);
  }
  return last;
}

describe("statefulUnary", () => {
  it("equals the oracle whatever moves", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const workers = 1 + (seed % 3);
      const records: (Add & { time: number })[] = [];
      const results: Sum[] = [];
      const bins = seed % 4;
      const gating = seed % 5 === 0 ? "step" : "bin";
      simulate({ seed, workers }, function* (worker, random) {
        const { feed, control } = worker.dataflow((scope) => {
          const feed = input<Add>(scope);
          const control = input<ControlRecord>(scope, "control");
          feed.stream.pipe(
            statefulUnary(
              "sums",
              {
                key: byKey((add: Add) => add.key, hash),
                control: control.stream,
                bins,
                gating,
                preCopy: (seed % 3) * 100,
                budget: 1 + (seed % 7) * 10,
                credit: 1 + (seed % 6) * 20,
              },
              rows<Sum>(),
              () => {
                const store = new PlainStore<number, number>(hash);
                return {
                  store,
                  fold(moment, { data }) {
                    for (const { key, by, after } of data) {
                      const sum = (store.get(key) ?? 0) + by;
                      store.set(key, sum);
                      moment.give({ key, time: moment.time, sum });
                      if (after > 0) moment.notifyAt(moment.time + after, hash(key), { key, by: -by, after: 0 });
                    }
                  },
                };
              },
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
            const add = { key: random.below(12), by: 1 + random.below(5), after: random.below(2) * random.below(6) };
            records.push({ ...add, time });
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
      const last = new Map<string, number>();
      // Sums of one key and time come in the order of their application, on one worker.
      for (const { key, time, sum } of results) last.set(`${key}@${time}`, sum);
      expect([...last].sort(), `seed ${seed}`).toEqual([...oracle(records)].sort());
    }
  });
});
