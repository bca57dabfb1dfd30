// pingpong: numbers go round a loop, each turn to the next worker, a given number of turns. Prints the time a turn took.
// After the Rust implementation's example of that name.
import {
  byWorker,
  concat,
  connectLoop,
  exchange,
  execute,
  feedback,
  input,
  map,
  pipeline,
  probe,
  rows,
  unary,
} from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { turns, records, workers } = commandLine(
  "pingpong",
  "RECORDS numbers go TURNS times round a loop, each turn to the next worker.",
  { turns: 10_000, records: 1 },
);

const results = await execute(import.meta.url, workers, (worker) => {
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
    moved.pipe(
      unary("again", pipeline, rows<number>(), () => (port, output) => {
        port.forEach((right, batch) => {
          if (right.time + 1 < turns) output.session(right).giveBatch(batch.retain());
          else arrived += batch.length;
        });
      }),
      connectLoop(loop),
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
