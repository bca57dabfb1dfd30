// 2^18 bins that all change places in one step: what a step costs must grow with its bins, not with their square.

import { input, inspect } from "@limmat/timely-core";
import { simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import { type ControlRecord, mapStore } from "../../src/index.ts";
import { type Add, expectedSums, type Sum, seenSums, sums } from "./sums.ts";

describe("many bins in one step", () => {
  it.each([0, 1024])("arrive whole, with %i bytes copied ahead", (preCopy) => {
    const records = Array.from({ length: 60 }, (_, i) => ({
      time: Math.floor(i / 10),
      add: { key: `k${i % 7}`, by: i, after: i % 4 },
    }));
    const results: Sum[] = [];
    const bins = 18;
    let arrived = 0;
    simulate({ seed: 1, workers: 2 }, function* (worker) {
      const { feed, control } = worker.dataflow((scope) => {
        const feed = input<Add>(scope);
        const control = input<ControlRecord>(scope, "control");
        const log = ({ kind }: { kind: string }): void => {
          if (kind === "installed") arrived += 1;
        };
        feed.stream.pipe(
          sums({ control: control.stream, bins, preCopy, log }, () => mapStore<string, number>()),
          inspect((sum) => {
            results.push(sum);
          }),
        );
        return { feed, control };
      });
      if (worker.index > 0) control.close();
      else {
        control.advanceTo(3);
        control.send({
          kind: "map",
          workers: Array.from({ length: 2 ** bins }, (_, bin) => 1 - (bin % 2)),
          sequence: 0,
          count: 1,
        });
        yield;
        control.close();
      }
      for (let time = 0; time < 6; time++) {
        for (const { time: at, add } of records) if (at === time && worker.index === time % 2) feed.send(add);
        feed.advanceTo(time + 1);
        yield;
      }
      feed.close();
    });
    expect(arrived).toBe(2 ** bins);
    expect(seenSums(results)).toEqual(expectedSums(records));
  });
});
