// exchange: every worker sends a batch of numbers a round, each to the worker that its value names, and waits for the round to be
// through. Prints what arrived, and each worker's rate. After the Rust implementation's example of that name.
import {
  batchFunction,
  byHash,
  Columns,
  columns,
  exchange,
  execute,
  input,
  inspectBatch,
  probe,
  u32,
} from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { batch, rounds, config } = await commandLine(
  "exchange",
  "Each worker sends BATCH numbers in each of ROUNDS rounds, to the worker that each names, and waits for the round.",
  { batch: 1000, rounds: 1000 },
);
const numbers = columns({ value: u32 });

const results = await execute(import.meta.url, config, (worker) => {
  let received = 0;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input(scope, numbers);
    const done = feed.stream.pipe(
      // The value is the number of a worker, modulo how many there are: it needs no hashing.
      exchange(
        byHash<typeof numbers.types>(({ columns: { value } }, hashes, n) => {
          for (let i = 0; i < n; i++) hashes[i] = value[i] as number;
        }),
      ),
      inspectBatch((records) => {
        received += records.length;
      }),
      probe(),
    );
    return { feed, done };
  });
  // Numbers are made column by column, as many at a time as a batch holds well.
  let next = 0;
  const count = batchFunction(numbers, (_: unknown, { value }, n) => {
    for (let i = 0; i < n; i++) value[i] = next + i;
    next += n;
    return n;
  });
  const blank = (length: number) => new Columns(numbers, length, { value: new Uint32Array(length) });
  const whole = blank(2048);
  const rest = blank(batch % whole.length);
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    next = 0;
    while (next + whole.length <= batch) feed.sendBatch(count(whole));
    if (rest.length > 0) feed.sendBatch(count(rest));
    feed.advanceTo(round + 1);
    worker.stepWhile(() => done.lessThan(round + 1));
  }
  feed.close();
  return { received, seconds: (performance.now() - start) / 1000 };
});

results.forEach(({ received, seconds }, worker) => {
  const rate = (batch * rounds) / seconds / 1e6;
  console.log(`worker ${worker} received ${received} records; it sent ${rate.toFixed(2)} million a second`);
});
