// hashjoin: two streams of random keyed values, joined by key. Prints how long each batch took, how many pairs came out, and the rate.
// After the Rust implementation's example of that name.
import { batchFunction, Columns, execute, type Input, input, inspectBatch, probe } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";
import { hashJoin, keyed } from "./dataflows/hash-join.ts";
import { RandomNumbers } from "./dataflows/random-numbers.ts";

const given = await commandLine(
  "hashjoin",
  "Joins two streams of VALUES values each, whose keys are below KEYS; a worker sends BATCH of each and waits.",
  { keys: 100_000, values: 1_000_000, batch: 100_000 },
);

const results = await execute(import.meta.url, given.config, (worker) => {
  let joined = 0;
  const { left, right, done } = worker.dataflow((scope) => {
    const left = input(scope, keyed);
    const right = input(scope, keyed);
    const done = left.stream.pipe(
      hashJoin(right.stream),
      inspectBatch((pairs) => {
        joined += pairs.length;
      }),
      probe(),
    );
    return { left, right, done };
  });
  const numbers = new RandomNumbers(worker.index, worker.peers);
  const draw = batchFunction<typeof keyed.types, typeof keyed.types>(keyed, (_, { key, value }, n) => {
    for (let i = 0; i < n; i++) {
      key[i] = numbers.below(given.keys);
      value[i] = numbers.below(given.keys);
    }
    return n;
  });
  const send = (feed: Input<number, Columns<typeof keyed.types>>, count: number) => {
    for (let left = count; left > 0; left -= 2048) {
      const n = Math.min(left, 2048);
      feed.sendBatch(draw(new Columns(keyed, n, { key: new Uint32Array(n), value: new Uint32Array(n) })));
    }
  };
  const batches: number[] = [];
  const start = performance.now();
  let unsent = Math.floor(given.values / worker.peers) + (worker.index < given.values % worker.peers ? 1 : 0);
  for (let time = 1; unsent > 0; time++) {
    const count = Math.min(given.batch, unsent);
    unsent -= count;
    send(left, count);
    send(right, count);
    left.advanceTo(time);
    right.advanceTo(time);
    worker.stepWhile(() => done.lessThan(time));
    batches.push(performance.now() - start);
  }
  left.close();
  right.close();
  worker.stepWhile(() => !done.done);
  return { joined, batches };
});

results.forEach(({ batches }, worker) => {
  for (const at of batches) console.log(`${at.toFixed(1)} ms: worker ${worker} is done with a batch`);
});
const longest = Math.max(...results.map(({ batches }) => batches.at(-1) ?? 0));
console.log(`${results.reduce((sum, { joined }) => sum + joined, 0)} pairs`);
console.log(`${((2 * given.values) / longest / 1000).toFixed(2)} million values a second`);
