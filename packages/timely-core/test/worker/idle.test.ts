// What is idle costs nothing: of many installed operators only those run that have something to do.

import { expect, it } from "vitest";
import { input, map, probe, solo } from "../../src/index.ts";
import { snapshot } from "../../src/introspection/index.ts";

it("a record in one dataflow wakes no operator of another, nor one of its own beside its way", () => {
  const worker = solo();
  const chain = (length: number) =>
    worker.dataflow((scope) => {
      const [fed, idle] = [input<number>(scope), input<number>(scope)];
      let [stream, beside] = [fed.stream, idle.stream];
      for (let i = 0; i < length; i++) {
        stream = stream.pipe(map((n) => n));
        beside = beside.pipe(map((n) => n));
      }
      beside.pipe(probe());
      return { fed, idle, done: stream.pipe(probe()) };
    });
  const chains = [chain(3), chain(400), chain(400)];
  snapshot(worker);
  while (worker.isBusy) worker.step();
  const runs = () =>
    new Map(
      snapshot(worker).dataflows.flatMap(({ operators }) =>
        operators.map(({ address, workers }) => [address, workers[0]?.activations ?? 0] as const),
      ),
    );
  const before = runs();
  const [{ fed, done }] = chains as [(typeof chains)[0]];
  fed.send(1);
  fed.advanceTo(1);
  worker.stepWhile(() => done.lessThan(1));
  while (worker.isBusy) worker.step();
  const ran = [...runs()].filter(([address, count]) => count !== before.get(address)).map(([address]) => address);
  // The maps of the fed chain, every other node of the dataflow's after its two inputs, and its probe.
  expect(ran.sort()).toEqual(["0.3", "0.5", "0.7", "0.10"].sort());
  for (const each of chains) {
    each.fed.close();
    each.idle.close();
  }
  worker.run();
});
