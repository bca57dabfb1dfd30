// Engine rule 23: a run that crashes at any moment of a migration starts again from its newest checkpoint, with any number of workers, and
// puts out exactly what it would have.

import { byKey, input, inspect, integers, keys, memoryStore, rows } from "@limmat/timely-core";
import { Random, simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import { type ControlRecord, mapStore, statefulUnary } from "../../src/index.ts";

interface Add {
  readonly key: string;
  readonly by: number;
  /** Taken back that much later; 0 for never. */
  readonly after: number;
}

class Crash extends Error {}

const hash = (key: string): number => keys.hash(key);
const lastTime = 14;

function expected(records: readonly { time: number; add: Add }[]): string[] {
  const events = records.flatMap(({ time, add: { key, by, after } }) => [
    { time, key, by },
    ...(after > 0 ? [{ time: time + after, key, by: -by }] : []),
  ]);
  return events.map(({ time, key, by }) => `${key} ${by} at ${time}`).sort();
}

/** Sums at the end of every time, which don't depend on the order within it. */
function sums(results: readonly { time: number; key: string; by: number; sum: number }[]): string[] {
  const last = new Map<string, number>();
  for (const { time, key, sum } of results) last.set(`${key} at ${time}`, sum);
  return [...last].map(([name, sum]) => `${name}: ${sum}`).sort();
}

function oracleSums(records: readonly { time: number; add: Add }[]): string[] {
  const events = records
    .flatMap(({ time, add: { key, by, after } }) => [
      { time, key, by },
      ...(after > 0 ? [{ time: time + after, key, by: -by }] : []),
    ])
    .sort((a, b) => a.time - b.time);
  const now = new Map<string, number>();
  const last = new Map<string, number>();
  for (const { time, key, by } of events) {
    now.set(key, (now.get(key) ?? 0) + by);
    last.set(`${key} at ${time}`, now.get(key) as number);
  }
  return [...last].map(([name, sum]) => `${name}: ${sum}`).sort();
}

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
      const done: { time: number; key: string; by: number; sum: number }[] = [];
      let before: typeof done = [];
      for (let run = 0; ; run++) {
        let crashed = false;
        let patience = run < 4 ? random.below(90) : Number.POSITIVE_INFINITY;
        const workers = 1 + random.below(3);
        const out: typeof done = [];
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
                  statefulUnary(
                    "sums",
                    {
                      key: byKey((add: Add) => add.key, hash),
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
                    rows<(typeof out)[0]>(),
                    () => {
                      const counts = mapStore<string, number>();
                      return {
                        store: counts,
                        fold(moment, { data }) {
                          for (const { key, by, after } of data) {
                            const sum = (counts.get(key) ?? 0) + by;
                            counts.set(key, sum);
                            moment.give({ time: moment.time, key, by, sum });
                            if (after > 0) moment.notifyAt(moment.time + after, hash(key), { key, by: -by, after: 0 });
                          }
                        },
                      };
                    },
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
      expect(done.map(({ key, by, time }) => `${key} ${by} at ${time}`).sort(), `seed ${seed}`).toEqual(
        expected(records),
      );
      expect(sums(done), `seed ${seed}`).toEqual(oracleSums(records));
    }
    expect(total.restored).toBeGreaterThan(80);
    expect(total.rescaled).toBeGreaterThan(40);
    expect(total.midStep).toBeGreaterThan(10);
  });
});
