// exchange: every worker sends a batch of 64-bit numbers a round, as two u32 columns, to the worker that each number or its hash names,
// and waits until the round is through.
import {
  type BatchOf,
  batchFunction,
  byColumns,
  byHash,
  Columns,
  columns,
  type Exchange,
  exchange,
  input,
  integerKeys,
  pipeline,
  probe,
  route,
  u32,
  unary,
  type Worker,
} from "@limmat/timely-core";
import { plan, type Sample, timed } from "./samples.ts";

const numbers = columns({ low: u32, high: u32 });
type Numbers = BatchOf<typeof numbers>;

/** Records a batch: what 8 KiB a column hold. */
const batchRecords = 2048;

/** How the records go. */
export interface ExchangeWays {
  /** Whether a number's hash, rather than the number itself, names the worker. */
  readonly mixed?: boolean;
  /** Whether the receiver reads every record, rather than counting batches. */
  readonly consumed?: boolean;
  /** Whether workers park while they wait; else they go on stepping, as the Rust program does. */
  readonly park?: boolean;
}

const byNumber: Exchange<Numbers> = byHash(({ columns: { low } }, hashes, n) => hashes.set(low.subarray(0, n)));
const byNumberHash: Exchange<Numbers> = byColumns(numbers, "low");

/** Runs rounds of `batch` records a worker; afterwards one more round is checked by count and checksum on all workers. */
export function exchangeRounds(
  worker: Worker,
  batch: number,
  warm: number,
  rounds: number,
  { mixed = false, consumed = false, park = false }: ExchangeWays = {},
): Sample {
  let count = 0;
  let sum = 0;
  // The round after the timed ones; another worker may be in it before this one.
  const checked = warm + plan.stretches * rounds;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input(scope, numbers);
    const done = feed.stream.pipe(
      exchange(mixed ? byNumberHash : byNumber),
      unary("receive", pipeline, numbers, () => (port) => {
        port.forEach((right, received) => {
          count += received.length;
          if (consumed || right.time === checked) sum += total(received);
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
    if (park) worker.stepWhile(() => done.lessThan(number + 1));
    else while (done.lessThan(number + 1)) worker.step();
  };
  const sample = timed(warm, rounds, batch * rounds, round);

  round(checked);
  const all = warm + plan.stretches * rounds + 1;
  const mine = Array.from({ length: batch }, (_, i) => i).filter(
    (i) => route(mixed ? integerKeys.hash(i) : i, worker.peers) === worker.index,
  );
  const expectedCount = mine.length * worker.peers * all;
  const expectedSum = mine.reduce((whole, i) => whole + i, 0) * worker.peers * (consumed ? all : 1);
  if (count !== expectedCount || sum !== expectedSum) {
    throw new Error(`${count} records arrived, of sum ${sum}, in place of ${expectedCount}, of sum ${expectedSum}`);
  }
  feed.close();
  return sample;
}

/** The sum of a batch's numbers. */
function total({ length, columns: { low, high } }: Numbers): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (low[i] as number) + (high[i] as number);
  return sum;
}

/** A batch of that length for `fill` to take its size from. */
function template(length: number): Numbers {
  return new Columns(numbers, length, { low: new Uint32Array(length), high: new Uint32Array(length) });
}
