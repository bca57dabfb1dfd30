// dynamic: dataflows are added to a running worker and dropped from it. Each round adds a query of the numbers that flow by, feeds all
// queries, and drops the oldest once there are more than a few. Prints what each counted while it was there, and what adding one cost.
import {
  exchange,
  execute,
  filter,
  type Input,
  input,
  inspect,
  type Probe,
  probe,
  type Rows,
} from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { rounds, most, config } = await commandLine(
  "dynamic",
  "Each of ROUNDS rounds adds a dataflow and sends a thousand numbers into all; beyond MOST of them, the oldest is dropped.",
  { rounds: 10, most: 4 },
);

/** A dataflow that counts multiples of a number. */
interface Query {
  readonly factor: number;
  readonly dataflow: number;
  readonly feed: Input<number, Rows<number>>;
  readonly done: Probe<number>;
  counted: number;
}

const results = await execute(import.meta.url, config, (worker) => {
  const add = (factor: number): Query =>
    worker.dataflow((scope) => {
      const feed = input<number>(scope);
      const multiples = feed.stream.pipe(
        exchange((n) => n),
        filter((n) => n % factor === 0),
        inspect(() => {
          query.counted += 1;
        }),
      );
      const query: Query = { factor, dataflow: scope.dataflow, feed, done: multiples.pipe(probe()), counted: 0 };
      return query;
    });
  const ended: { factor: number; counted: number }[] = [];
  let queries: Query[] = [];
  let adding = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    queries.push(add(round + 2));
    adding += performance.now() - start;
    for (const { feed } of queries) {
      for (let n = worker.index; n < 1000; n += worker.peers) feed.send(1000 * round + n);
      feed.advanceTo(round + 1);
    }
    for (const { done } of queries) worker.stepWhile(() => done.lessThan(round + 1));
    // Its input is still open, and on another worker it may still be there: that one drops it for itself.
    for (const { dataflow, factor, counted } of queries.slice(0, -most)) {
      worker.drop(dataflow);
      ended.push({ factor, counted });
    }
    queries = queries.slice(-most);
  }
  const installed = worker.installed().length;
  for (const { feed } of queries) feed.close();
  for (const { done } of queries) worker.stepWhile(() => !done.done);
  return { ended: [...ended, ...queries.map(({ factor, counted }) => ({ factor, counted }))], installed, adding };
});

for (let query = 0; query < rounds; query++) {
  const factor = results[0]?.ended[query]?.factor;
  const counted = results.reduce((sum, { ended }) => sum + (ended[query]?.counted ?? 0), 0);
  console.log(`multiples of ${factor}: ${counted}`);
}
results.forEach(({ installed, adding }, worker) => {
  const each = ((adding * 1000) / rounds).toFixed(1);
  console.log(`worker ${worker}: ${installed} dataflows left in the end; adding one took ${each} us`);
});
