// Steps that are cancelled move nothing, those that stand do, and nobody notices either, whatever order records and workers run in.

import { byKey, input, inspect, keys, rows } from "@limmat/timely-core";
import { simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import { type ControlRecord, cancelRecords, type MigrationEvent, statefulUnary } from "../../src/index.ts";
import { PlainStore } from "../oracle/plain-store.ts";

const hash = (key: number): number => keys.hash(key);

describe("cancel", () => {
  it("leaves sums as they are, and bins where they are", () => {
    let cancelledSteps = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const workers = 1 + (seed % 3);
      const sums: { key: number; sum: number }[] = [];
      const expected = new Map<number, number>();
      const events: MigrationEvent<number>[] = [];
      const cancelled = new Set<number>();
      const announced = new Set<number>();
      simulate({ seed, workers }, function* (worker, random) {
        const { feed, control } = worker.dataflow((scope) => {
          const feed = input<number>(scope);
          const control = input<ControlRecord>(scope, "control");
          feed.stream.pipe(
            statefulUnary(
              "sums",
              {
                key: byKey((key: number) => key, hash),
                control: control.stream,
                bins: 2,
                log: (event) => events.push(event),
              },
              rows<{ key: number; sum: number }>(),
              () => {
                const store = new PlainStore<number, number>(hash);
                return {
                  store,
                  fold(moment, { data }) {
                    for (const key of data) {
                      const sum = (store.get(key) ?? 0) + 1;
                      store.set(key, sum);
                      moment.give({ key, sum });
                    }
                  },
                };
              },
            ),
            inspect((sum) => {
              sums.push(sum);
            }),
          );
          return { feed, control };
        });
        if (worker.index > 0) control.close();
        let sequence = 0;
        for (let time = 0; time < 12; time++) {
          for (let i = random.below(4); i > 0; i--) {
            const key = random.below(12);
            expected.set(key, (expected.get(key) ?? 0) + 1);
            feed.send(key);
          }
          if (worker.index === 0) {
            const map = () => Array.from({ length: 4 }, () => random.below(worker.peers));
            // Two steps at one time, one of which must go; and its cancel, in any order.
            const [doomed, step, cancel] = [sequence, sequence + 1, sequence + 2];
            sequence += 3;
            const records: ControlRecord[] = [
              { kind: "map", workers: map(), sequence: doomed, count: 1 },
              { kind: "map", workers: map(), sequence: step, count: 1 },
              ...cancelRecords([doomed], cancel),
            ];
            cancelled.add(doomed);
            announced.add(step);
            for (let at = random.below(3); records.length > 0; at = random.below(records.length)) {
              control.send(records.splice(at, 1)[0] as ControlRecord);
              if (random.chance(0.2)) yield;
            }
          }
          feed.advanceTo(time + 1);
          if (random.chance(0.5)) yield;
          if (worker.index === 0) control.advanceTo(time + 1);
          if (random.chance(0.5)) yield;
        }
        feed.close();
        control.close();
      });
      const last = new Map<number, number>();
      for (const { key, sum } of sums) last.set(key, Math.max(sum, last.get(key) ?? 0));
      expect(
        [...last].sort(([a], [b]) => a - b),
        `seed ${seed}`,
      ).toEqual([...expected].sort(([a], [b]) => a - b));
      for (let index = 0; index < workers; index++) {
        const of = (kind: MigrationEvent<number>["kind"]) =>
          events.flatMap((event) =>
            event.kind === kind && event.worker === index && event.kind !== "applied" ? [event.sequence] : [],
          );
        expect(of("cancelled")).toEqual([...cancelled]);
        expect(of("step")).toEqual([...announced]);
        for (const sequence of [...of("shipped"), ...of("installed")]) expect(announced.has(sequence)).toBe(true);
        cancelledSteps += of("cancelled").length;
      }
    }
    expect(cancelledSteps).toBeGreaterThan(1000);
  });
});
