import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BatchKernel,
  byColumns,
  columns,
  exchange,
  f64,
  filterColumns,
  input,
  inspect,
  mapColumns,
  probe,
  toColumns,
  toRows,
  u32,
  utf8,
} from "../../src/index.ts";
import { simulate } from "../../src/simulation/index.ts";

const orders = columns({ id: u32, customer: utf8, amount: f64 });
const totals = columns({ customer: utf8, cents: f64 });

const order = fc.record({
  id: fc.nat(),
  customer: fc.string({ maxLength: 5 }),
  amount: fc.integer({ min: -5, max: 500 }),
});

describe("columns through a dataflow", () => {
  it("map, filter, exchange by key and convert like the same functions on an array", () => {
    fc.assert(
      fc.property(
        fc.array(order, { maxLength: 60 }),
        fc.nat(),
        fc.integer({ min: 1, max: 3 }),
        (records, seed, workers) => {
          const seen: { worker: number; customer: string; cents: number }[] = [];
          simulate({ seed, workers }, function* (worker) {
            const feed = worker.dataflow((scope) => {
              const feed = input(scope, orders);
              feed.stream.pipe(
                filterColumns(({ amount }) => amount > 0),
                exchange(byColumns(orders, "customer")),
                mapColumns(totals, ({ customer, amount }) => ({ customer, cents: amount * 100 })),
                toRows(),
                toColumns(totals),
                inspect((record) => seen.push({ worker: worker.index, ...record })),
                probe(),
              );
              return feed;
            });
            if (worker.index === 0) feed.send(...records);
            yield;
            feed.close();
          });
          const expected = records.filter(({ amount }) => amount > 0);
          const key = ({ customer, cents }: { customer: string; cents: number }) => JSON.stringify([customer, cents]);
          expect(seen.map(key).sort()).toEqual(
            expected.map(({ customer, amount }) => key({ customer: customer, cents: amount * 100 })).sort(),
          );
          const home = new Map<string, number>();
          for (const { customer, worker } of seen) {
            expect(home.get(customer) ?? worker).toBe(worker);
            home.set(customer, worker);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("takes a kernel over whole columns", () => {
    const numbers = columns({ n: u32 });
    const triple: BatchKernel<typeof numbers.types, typeof numbers.types> = (from, to, n) => {
      for (let i = 0; i < n; i++) to.n[i] = (from.n[i] as number) * 3;
      return n;
    };
    const seen: number[] = [];
    simulate({ seed: 1, workers: 1 }, function* (worker) {
      const feed = worker.dataflow((scope) => {
        const feed = input(scope, numbers);
        feed.stream.pipe(
          mapColumns(numbers, { kernel: triple }),
          inspect(({ n }) => seen.push(n)),
          probe(),
        );
        return feed;
      });
      feed.send({ n: 1 }, { n: 2 });
      feed.close();
      yield;
    });
    expect(seen.sort()).toEqual([3, 6]);
  });
});
