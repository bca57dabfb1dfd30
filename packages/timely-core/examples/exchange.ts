// exchange [BATCH [ROUNDS [WORKERS]]]: every worker sends BATCH numbers a round, each to the worker that its value names, and waits
// for the round to be through. Prints the records that arrived, and the rate. After the Rust implementation's example of that name.
import {
  type BatchOf,
  byHash,
  columns,
  type Exchange,
  exchange,
  execute,
  input,
  inspectBatch,
  probe,
  u32,
} from "@limmat/timely-core";

const [batch = 1000, rounds = 100, workers = 1] = process.argv.slice(2).map(Number);
const numbers = columns({ value: u32 });
// The value is the number of a worker, modulo how many there are: it needs no hashing.
const byValue: Exchange<BatchOf<typeof numbers>> = byHash(({ columns: { value } }, hashes, n) => {
  for (let i = 0; i < n; i++) hashes[i] = value[i] as number;
});

const results = await execute(import.meta.url, workers, (worker) => {
  let received = 0;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input(scope, numbers);
    const done = feed.stream.pipe(
      exchange(byValue),
      inspectBatch((records) => {
        received += records.length;
      }),
      probe(),
    );
    return { feed, done };
  });
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    for (let value = 0; value < batch; value++) feed.send({ value });
    feed.advanceTo(round + 1);
    worker.stepWhile(() => done.lessThan(round + 1));
  }
  feed.close();
  return { received, seconds: (performance.now() - start) / 1000 };
});

results.forEach(({ received }, worker) => {
  console.log(`worker ${worker} received ${received} records`);
});
const rate = (batch * rounds * workers) / Math.max(...results.map(({ seconds }) => seconds));
console.log(`${(rate / 1e6).toFixed(2)} million records a second`);
