// The sequencer under many schedules: one order on all workers, with every value in it, each worker's own in the order of putting in.

import { describe, expect, it } from "vitest";
import { CapabilityError, type Codec, DroppedError, EncodeError, sequencer, solo } from "../../src/index.ts";
import { simulate } from "../../src/simulation/index.ts";

interface Named {
  readonly worker: number;
  readonly number: number;
}

const named: Codec<Named> = {
  name: "named",
  write: ({ worker, number }, to) => {
    if (number > 1000) throw new EncodeError("too large");
    to.varint(worker);
    to.varint(number);
  },
  read: (from) => ({ worker: from.varint(), number: from.varint() }),
};

describe("sequencer", () => {
  it.each([
    ["rows", undefined],
    ["a codec", named],
  ])("gives all workers the same total order, whatever the schedule (values by %s)", (_, codec) => {
    for (let seed = 0; seed < 300; seed++) {
      const workers = 1 + (seed % 4);
      const orders: Named[][] = Array.from({ length: workers }, () => []);
      let total = 0;
      simulate({ seed, workers }, function* (worker, random) {
        const values = sequencer<Named>(worker, codec);
        const order = orders[worker.index] as Named[];
        const count = random.below(8);
        total += count;
        for (let number = 0; number < count; number++) {
          for (let turns = random.below(20); turns > 0; turns--) yield;
          values.push({ worker: worker.index, number });
          for (let next = values.next(); next !== undefined; next = values.next()) order.push(next);
        }
        values.close();
        while (worker.hasDataflows) {
          yield;
          if (!worker.hasDataflows || random.chance(0.2)) {
            for (let next = values.next(); next !== undefined; next = values.next()) order.push(next);
          }
        }
        for (let next = values.next(); next !== undefined; next = values.next()) order.push(next);
        expect(values.length).toBe(0);
      });
      for (const order of orders) expect(order, `seed ${seed}`).toEqual(orders[0]);
      expect(orders[0]).toHaveLength(total);
      for (let worker = 0; worker < workers; worker++) {
        const own = orders[0]?.filter((value) => value.worker === worker).map(({ number }) => number) ?? [];
        expect(own, `seed ${seed}`).toEqual(own.map((_, i) => i));
      }
    }
  });

  it("keeps what one worker puts in after it read another value behind that value", () => {
    for (let seed = 0; seed < 100; seed++) {
      const orders: string[][] = [[], []];
      simulate({ seed, workers: 2 }, function* (worker) {
        const values = sequencer<string>(worker);
        const order = orders[worker.index] as string[];
        if (worker.index === 0) values.push("question");
        while (order.length < 2) {
          yield;
          const next = values.next();
          if (next === undefined) continue;
          order.push(next);
          if (worker.index === 1 && next === "question") values.push("answer");
        }
        values.close();
      });
      expect(orders).toEqual([
        ["question", "answer"],
        ["question", "answer"],
      ]);
    }
  });

  it("rests while nothing is put in", () => {
    const worker = solo();
    const values = sequencer<string>(worker);
    while (worker.isBusy) worker.step();
    values.push("a", "b");
    worker.stepWhile(() => values.length < 2);
    expect([values.next(), values.next(), values.next()]).toEqual(["a", "b", undefined]);
    while (worker.isBusy) worker.step();
    expect(worker.isBusy).toBe(false);
    values.close();
    worker.run();
  });

  it("refuses values after its end, values that its codec can't write, and use after a drop", () => {
    const worker = solo();
    using values = sequencer<Named>(worker, named);
    expect(() => values.push({ worker: 0, number: 1001 })).toThrow(EncodeError);
    values.close();
    expect(() => values.push({ worker: 0, number: 1 })).toThrow(CapabilityError);
    worker.run();
    const dropped = sequencer<string>(worker);
    worker.drop(1);
    expect(() => dropped.push("x")).toThrow(DroppedError);
  });
});
