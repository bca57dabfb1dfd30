// Engine rule 23: a run that crashes at any moment of a migration starts again from its newest checkpoint, with any number of workers, and
// puts out exactly what it would have.

import { input, inspect, integers, memoryStore } from "@limmat/timely-core";
import { Random, simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import { type ControlRecord, mapStore } from "../../src/index.ts";
import { type Add, expectedSums, type Sum, seenSums, sums } from "./sums.ts";

class Crash extends Error {}

const lastTime = 14;

describe("crashes in mid-migration", () => {
  it("leave no trace in the results, with any number of workers", () => {
    const total = { crashes: 0, restored: 0, rescaled: 0, midStep: 0 };
    for (let seed = 1; seed <= 160; seed++) {
      const random = new Random(seed);
      const bins = random.below(4);
      const records = Array.from({ length: lastTime * 3 }, (_, i) => ({
        time: Math.floor(i / 3),
        add: { key: `k${random.below(9)}`, by: 1 + random.below(9), after: random.below(2) * random.below(7) },
      }));
      // Targets are drawn as numbers of any size: each run takes them modulo its workers.
      const steps = Array.from({ length: lastTime }, (_, time) => ({
        time,
        targets: random.chance(0.6) ? Array.from({ length: 2 ** bins }, () => random.below(12)) : undefined,
      }));
      const store = memoryStore();
      const every = 1 + random.below(4);
      const done: Sum[] = [];
      let before: Sum[] = [];
      for (let run = 0; ; run++) {
        let crashed = false;
        let patience = run < 4 ? random.below(90) : Number.POSITIVE_INFINITY;
        const workers = 1 + random.below(3);
        const out: Sum[] = [];
        let from: { time: number; workers: number } | undefined;
        let underway = 0;
        try {
          simulate(
            { seed: seed * 8 + run, workers, checkpoints: { store, domain: integers, every } },
            function* (worker, whims) {
              from = worker.restored as typeof from;
              const covered = (time: number): boolean => from !== undefined && time <= from.time;
              const { feed, control } = worker.dataflow((scope) => {
                const feed = input<Add>(scope);
                const control = input<ControlRecord>(scope, "control");
                feed.stream.pipe(
                  sums(
                    {
                      control: control.stream,
                      bins,
                      budget: 20,
                      credit: 40,
                      preCopy: (seed % 2) * 1000,
                      log: ({ kind }) => {
                        if (kind === "shipped") underway += 1;
                        if (kind === "installed") underway -= 1;
                      },
                    },
                    () => mapStore<string, number>(),
                  ),
                  inspect((result) => {
                    out.push(result);
                  }),
                );
                return { feed, control };
              });
              if (worker.index > 0) control.close();
              for (let time = 0; time < lastTime; time++) {
                if (!covered(time)) {
                  records.forEach(({ time: at, add }, i) => {
                    if (at === time && i % worker.peers === worker.index) feed.send(add);
                  });
                  const targets = steps[time]?.targets;
                  if (worker.index === 0 && targets !== undefined) {
                    const map = targets.map((target) => target % worker.peers);
                    control.send({ kind: "map", workers: map, sequence: time, count: 1 });
                  }
                }
                if (whims.chance(0.5)) yield;
                feed.advanceTo(time + 1);
                if (worker.index === 0) control.advanceTo(time + 1);
                patience -= 1;
                if (patience < 0) throw new Crash();
                if (whims.chance(0.7)) yield;
              }
              feed.close();
              control.close();
              for (let i = whims.below(60); i > 0; i--) {
                patience -= 1;
                if (patience < 0) throw new Crash();
                yield;
              }
            },
          );
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
          total.crashes += 1;
          if (underway > 0) total.midStep += 1;
          crashed = true;
        } finally {
          if (from !== undefined) {
            total.restored += 1;
            if (from.workers !== workers) total.rescaled += 1;
          }
        }
        // What the run before put out counts as far as the checkpoint covers it that this one started from.
        const covers = (time: number): boolean => from !== undefined && time <= (from as { time: number }).time;
        done.push(...before.filter(({ time }) => covers(time)));
        before = out.filter(({ time }) => !covers(time));
        if (crashed) continue;
        done.push(...before);
        break;
      }
      expect(seenSums(done), `seed ${seed}`).toEqual(expectedSums(records));
    }
    expect(total.restored).toBeGreaterThan(80);
    expect(total.rescaled).toBeGreaterThan(40);
    expect(total.midStep).toBeGreaterThan(10);
  });
});
