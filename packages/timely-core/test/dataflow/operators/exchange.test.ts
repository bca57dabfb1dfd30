// Moving records between workers: which worker gets what.

import { describe, expect, it } from "vitest";
import {
  broadcast,
  byHash,
  byWorker,
  columns,
  exchange,
  input,
  inspect,
  type Key,
  type Rows,
  type Stream,
  u32,
} from "../../../src/index.ts";
import { type Program, simulate } from "../../../src/simulation/index.ts";

/** What each of three workers gets of 0 to 29, of which each worker sends all. */
function received(through: (stream: Stream<number, Rows<number>>) => Stream<number, Rows<number>>): number[][] {
  const gotten: number[][] = [[], [], []];
  const program: Program = function* (worker) {
    const source = worker.dataflow((scope) => {
      const source = input<number>(scope);
      through(source.stream).pipe(inspect((n) => gotten[worker.index]?.push(n)));
      return source;
    });
    for (let n = 0; n < 30; n++) {
      source.send(n);
      if (n % 10 === 9) {
        source.flush();
        yield;
      }
    }
    source.close();
  };
  simulate({ seed: 11, workers: 3 }, program);
  return gotten.map((all) => all.sort((a, b) => a - b));
}

const thrice = Array.from({ length: 90 }, (_, i) => Math.floor(i / 3));

describe("exchange", () => {
  it.each<[string, (n: number) => Key]>([
    ["numbers", (n) => n % 12],
    ["texts", (n) => `key ${n % 12}`],
    ["tuples", (n) => [n % 3, n % 4]],
  ])("brings equal keys together on one worker: %s", (_, key) => {
    const gotten = received((stream) => stream.pipe(exchange(key)));
    expect(gotten.flat().sort((a, b) => a - b)).toEqual(thrice);
    const owners = new Map<number, number>();
    gotten.forEach((all, worker) => {
      for (const n of all) expect(owners.get(n % 12) ?? worker).toBe(worker);
      for (const n of all) owners.set(n % 12, worker);
    });
    expect(new Set(owners.values()).size).toBeGreaterThan(1);
  });

  it("brings records to the worker that is named, modulo their number", () => {
    const gotten = received((stream) => stream.pipe(exchange(byWorker((n: number) => n))));
    expect(gotten).toEqual([0, 1, 2].map((worker) => thrice.filter((n) => n % 3 === worker)));
  });

  it("brings columns to the worker of their hash", () => {
    const layout = columns({ id: u32 });
    const gotten: number[][] = [[], []];
    simulate({ seed: 5, workers: 2 }, function* (worker) {
      const source = worker.dataflow((scope) => {
        const source = input(scope, layout);
        const pact = byHash<typeof layout.types>((batch, hashes, n) => {
          for (let i = 0; i < n; i++) hashes[i] = (batch.columns.id[i] as number) % 2 === 0 ? 0 : 0xffffffff;
        });
        source.stream.pipe(
          exchange(pact),
          inspect(({ id }) => gotten[worker.index]?.push(id)),
        );
        return source;
      });
      for (let id = 0; id < 20; id++) source.send({ id });
      source.close();
      yield;
    });
    const parities = gotten.map((all) => new Set(all.map((id) => id % 2)));
    expect(gotten.flat()).toHaveLength(40);
    for (const parity of parities) expect(parity.size).toBeLessThanOrEqual(1);
  });
});

describe("broadcast", () => {
  it("brings every record to every worker", () => {
    expect(received((stream) => stream.pipe(broadcast()))).toEqual([thrice, thrice, thrice]);
  });
});
