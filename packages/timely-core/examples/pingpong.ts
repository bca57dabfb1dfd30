// pingpong: numbers go round a loop, each turn to the next worker, a given number of turns. Prints the time a turn took.
// After the Rust implementation's example of that name.
import {
  branchWhen,
  byWorker,
  concat,
  connectLoop,
  exchange,
  execute,
  feedback,
  input,
  inspectBatch,
  map,
  probe,
  rows,
} from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { turns, records, config } = await commandLine(
  "pingpong",
  "RECORDS numbers go TURNS times round a loop, each turn to the next worker.",
  { turns: 10_000, records: 1 },
);

const results = await execute(import.meta.url, config, (worker) => {
  let arrived = 0;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input<number>(scope);
    // Each time round is one later: the time is the turn.
    const loop = feedback(scope, rows<number>(), 1);
    const moved = feed.stream.pipe(
      concat(loop.stream),
      exchange(byWorker((n: number) => n)),
      map((n) => n + 1),
    );
    const { yes: again, no: out } = moved.pipe(branchWhen((turn) => turn + 1 < turns));
    again.pipe(connectLoop(loop));
    out.pipe(
      inspectBatch((batch) => {
        arrived += batch.length;
      }),
    );
    return { feed, done: moved.pipe(probe()) };
  });
  for (let n = worker.index; n < records; n += worker.peers) feed.send(n);
  feed.close();
  const start = performance.now();
  worker.stepWhile(() => !done.done);
  return { arrived, microseconds: (performance.now() - start) * 1000 };
});

console.log(`${results.reduce((sum, { arrived }) => sum + arrived, 0)} records arrived`);
const longest = Math.max(...results.map(({ microseconds }) => microseconds));
console.log(`${(longest / turns).toFixed(2)} us a turn`);
