// loopdemo [ROUNDS [WORKERS]]: a thousand numbers a round go round a cycle of the dataflow, halved or tripled, until they reach 1.
// Prints how often they went round, and how long a round took. After the Rust implementation's example of that name.
import {
  concat,
  connectLoop,
  exchange,
  execute,
  feedback,
  filter,
  input,
  inspect,
  map,
  probe,
  rows,
} from "@limmat/timely-core";

const [rounds = 20, workers = 1] = process.argv.slice(2).map(Number);
// Later rounds wait for earlier ones only as far as times need it: a number may go round this often before the next round's time.
const stride = 1000;

const results = await execute(import.meta.url, workers, (worker) => {
  let turns = 0;
  const { numbers, done } = worker.dataflow((scope) => {
    const numbers = input<number>(scope);
    const loop = feedback(scope, rows<number>(), 1);
    const going = numbers.stream.pipe(
      concat(loop.stream),
      exchange((n) => n),
      map((n) => (n % 2 === 0 ? n / 2 : 3 * n + 1)),
      inspect(() => {
        turns += 1;
      }),
      filter((n) => n > 1),
    );
    going.pipe(connectLoop(loop));
    return { numbers, done: going.pipe(probe()) };
  });
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let i = worker.index; i < 1000; i += worker.peers) numbers.send(2 + i);
    numbers.advanceTo((round + 1) * stride);
    worker.stepWhile(() => done.lessThan((round + 1) * stride));
    took.push(performance.now() - start);
  }
  numbers.close();
  return { turns, took: took.sort((a, b) => a - b) };
});

console.log(`${results.reduce((sum, { turns }) => sum + turns, 0)} turns`);
const took = results[0]?.took ?? [];
const at = (share: number) => (took[Math.floor(share * (took.length - 1))] ?? 0).toFixed(2);
console.log(`a round took ${at(0.5)} ms at the median, ${at(1)} ms at most`);
