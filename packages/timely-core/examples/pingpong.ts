// pingpong [TURNS [RECORDS [WORKERS]]]: records go round a loop, each turn to the next worker. Prints the time a turn took.
// After the Rust implementation's example of that name.
import { byWorker, exchange, execute, filter, input, inspect, iterate, map, probe } from "@limmat/timely-core";

const [turns = 1000, records = 1, workers = 1] = process.argv.slice(2).map(Number);

const results = await execute(import.meta.url, workers, (worker) => {
  let arrived = 0;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input<number>(scope);
    const done = feed.stream.pipe(
      iterate((stream) => {
        const next = stream.pipe(
          exchange(byWorker((n: number) => n)),
          map((n) => n + 1),
        );
        return { again: next.pipe(filter((n) => n < turns)), out: next.pipe(filter((n) => n >= turns)) };
      }),
      inspect(() => {
        arrived += 1;
      }),
      probe(),
    );
    return { feed, done };
  });
  if (worker.index === 0) for (let i = 0; i < records; i++) feed.send(0);
  feed.close();
  const start = performance.now();
  worker.stepWhile(() => !done.done);
  return { arrived, microseconds: (performance.now() - start) * 1000 };
});

console.log(`${results.reduce((sum, { arrived }) => sum + arrived, 0)} records arrived`);
console.log(`${(Math.max(...results.map(({ microseconds }) => microseconds)) / turns).toFixed(2)} us a turn`);
