// hello: each of ten numbers is greeted by the worker that its value names, one round after the other.
// After the Rust implementation's example of that name.
import { byWorker, exchange, execute, input, inspect, probe } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { config } = await commandLine("hello", "Ten numbers are greeted, each by the worker that its value names.", {});

const greetings = await execute(import.meta.url, config, (worker) => {
  const greetings: string[] = [];
  const { numbers, done } = worker.dataflow((scope) => {
    const numbers = input<number>(scope);
    const done = numbers.stream.pipe(
      exchange(byWorker((n: number) => n)),
      inspect((n) => greetings.push(`worker ${worker.index}: hello ${n}`)),
      probe(),
    );
    return { numbers, done };
  });
  for (let round = 0; round < 10; round++) {
    if (worker.index === 0) numbers.send(round);
    numbers.advanceTo(round + 1);
    worker.stepWhile(() => done.lessThan(round + 1));
  }
  numbers.close();
  return greetings;
});
console.log(greetings.flat().join("\n"));
