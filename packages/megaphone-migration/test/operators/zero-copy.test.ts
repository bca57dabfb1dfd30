// Columnar bins between workers that share an arena, and workers that don't: by blocks there, by copies here, with equal results.

import { byColumns, columns, f64, input, inspect, u32 } from "@limmat/timely-core";
import { simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import { type ControlRecord, columnStore, denseKey, hashStore, statefulUnary } from "../../src/index.ts";

const records = columns({ key: u32 });
const counts = columns({ key: u32, count: f64 });

describe("zero-copy", () => {
  for (const kind of ["hash", "columns"] as const) {
    it(`moves bins of ${kind} as they lie where memory is shared`, () => {
      let blocks = 0;
      let copies = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const bins = 1 + (seed % 4);
        const keys = 40; // of 8,192 in columns, so that no bin is too small for a block of its own
        const sent = new Map<string, number>();
        const results: string[] = [];
        const arena = { slabBytes: 2 ** 18, slabsPerWorker: 1, processes: 1 + (seed % 2) };
        simulate({ seed, workers: 2 + 2 * (seed % 2), arena }, function* (worker, random) {
          const { feed, control } = worker.dataflow((scope) => {
            const feed = input(scope, records);
            const control = input<ControlRecord>(scope, "control");
            feed.stream.pipe(
              statefulUnary(
                "counts",
                {
                  key: kind === "hash" ? byColumns(records, "key") : denseKey(records, "key", bins),
                  control: control.stream,
                  bins,
                  budget: 50 + random.below(200),
                  preCopy: (seed % 3) * 1000,
                  log: (event) => {
                    if (event.kind !== "shipped") return;
                    if (event.blocks) blocks += 1;
                    else copies += 1;
                  },
                },
                counts,
                () => {
                  if (kind === "hash") {
                    const store = hashStore({ key: "u32", values: { count: "f64" } });
                    return {
                      store,
                      fold(moment, { columns: { key }, length }) {
                        for (let i = 0; i < length; i++) {
                          const slot = store.upsert(key[i] as number);
                          const count = store.columns.count.get(slot) + 1;
                          store.columns.count.set(slot, count);
                          moment.give({ key: key[i] as number, count });
                        }
                      },
                    };
                  }
                  const store = columnStore({ keys: 8192, values: { count: "f64" } });
                  return {
                    store,
                    fold(moment, { columns: { key }, length }) {
                      for (let i = 0; i < length; i++) {
                        const slot = store.slot(key[i] as number);
                        const count = store.columns.count.get(slot) + 1;
                        store.columns.count.set(slot, count);
                        moment.give({ key: key[i] as number, count });
                      }
                    },
                  };
                },
              ),
              inspect(({ key, count }) => {
                results.push(`${key} ${count}`);
              }),
            );
            return { feed, control };
          });
          let sequence = 0;
          if (worker.index > 0) control.close();
          for (let time = 0; time < 10; time++) {
            for (let i = random.below(6); i > 0; i--) {
              const key = random.below(keys);
              sent.set(String(key), (sent.get(String(key)) ?? 0) + 1);
              feed.send({ key });
            }
            if (worker.index === 0 && random.chance(0.5)) {
              const all = Array.from({ length: 2 ** bins }, () => random.below(worker.peers));
              control.send({ kind: "map", workers: all, sequence: sequence++, count: 1 });
            }
            if (random.chance(0.5)) yield;
            feed.advanceTo(time + 1);
            if (worker.index === 0) control.advanceTo(time + 1);
            if (random.chance(0.5)) yield;
          }
          feed.close();
          control.close();
        });
        const expected = [...sent].flatMap(([key, n]) => Array.from({ length: n }, (_, i) => `${key} ${i + 1}`));
        expect(results.sort(), `seed ${seed}`).toEqual(expected.sort());
      }
      expect(blocks).toBeGreaterThan(100);
      expect(copies).toBeGreaterThan(100);
    });
  }
});
