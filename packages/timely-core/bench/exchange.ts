// exchange: every worker sends a batch of 64-bit numbers a round, as two u32 columns, to the worker that each number names, and waits
// until the round is through.
import {
  type BatchOf,
  batchFunction,
  byHash,
  Columns,
  columns,
  type Exchange,
  exchange,
  input,
  pipeline,
  probe,
  u32,
  unary,
  type Worker,
} from "@limmat/timely-core";
import { plan, type Sample, timed } from "./samples.ts";

const numbers = columns({ low: u32, high: u32 });
type Numbers = BatchOf<typeof numbers>;

/** Records a batch: what 8 KiB a column hold. */
const batchRecords = 2048;

/** Runs rounds of `batch` records a worker; afterwards one more round is checked by count and checksum on all workers. */
export function exchangeRounds(worker: Worker, batch: number, warm: number, rounds: number): Sample {
  const identity: Exchange<Numbers> = byHash(({ columns: { low } }, hashes, n) => hashes.set(low.subarray(0, n)));
  let count = 0;
  let sum = 0;
  // The round after the timed ones; another worker may be in it before this one.
  const checked = warm + plan.stretches * rounds;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input(scope, numbers);
    const done = feed.stream.pipe(
      exchange(identity),
      unary("receive", pipeline, numbers, () => (port) => {
        port.forEach((right, received) => {
          count += received.length;
          if (right.time < checked) return;
          const { low } = received.columns;
          for (let i = 0; i < received.length; i++) sum += low[i] as number;
        });
      }),
      probe(),
    );
    return { feed, done };
  });

  let next = 0;
  const fill = batchFunction(numbers, (_, { low, high }, n) => {
    for (let i = 0; i < n; i++) low[i] = next + i;
    high.fill(0, 0, n);
    next += n;
    return n;
  });
  const whole = template(Math.min(batchRecords, batch));
  const rest = template(batch % batchRecords);
  const round = (number: number) => {
    next = 0;
    for (let sent = 0; sent + batchRecords <= batch; sent += batchRecords) feed.sendBatch(fill(whole));
    if (rest.length > 0) feed.sendBatch(fill(rest));
    feed.advanceTo(number + 1);
    // As the Rust program does: steps without parking.
    while (done.lessThan(number + 1)) worker.step();
  };
  const sample = timed(warm, rounds, batch * rounds, round);

  round(checked);
  const each = Math.floor(batch / worker.peers);
  if (batch % worker.peers !== 0) throw new Error("the check needs a batch that divides evenly");
  const expectedCount = each * worker.peers * (warm + plan.stretches * rounds + 1);
  const expectedSum = worker.peers * (each * worker.index + (worker.peers * each * (each - 1)) / 2);
  if (count !== expectedCount || sum !== expectedSum) {
    throw new Error(`${count} records arrived, of sum ${sum}, in place of ${expectedCount}, of sum ${expectedSum}`);
  }
  feed.close();
  return sample;
}

/** A batch of that length for `fill` to take its size from. */
function template(length: number): Numbers {
  return new Columns(numbers, length, { low: new Uint32Array(length), high: new Uint32Array(length) });
}
