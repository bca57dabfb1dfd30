// wordcount: every worker sends a line a round; words are counted where they belong, and each round's counts are sent once the round is
// complete. Prints them as they come, by worker. After the Rust implementation's example of that name.
import {
  exchange,
  execute,
  flatMap,
  input,
  inspect,
  pipeline,
  probe,
  rows,
  Stash,
  unaryFrontier,
} from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { rounds, config } = await commandLine("wordcount", "Each worker sends a few words in each of ROUNDS rounds.", {
  rounds: 10,
});

const seen = await execute(import.meta.url, config, (worker) => {
  const seen: string[] = [];
  const { lines, done } = worker.dataflow((scope) => {
    const lines = input<string>(scope);
    const done = lines.stream.pipe(
      flatMap((line) => line.split(" ")),
      exchange((word) => word),
      unaryFrontier("count", pipeline, rows<readonly [string, number]>(), (capability) => {
        capability.release();
        const counts = new Map<string, number>();
        const waiting = new Stash(scope.domain, (): (readonly string[])[] => []);
        return (input, output) => {
          input.forEach((right, batch) => {
            waiting.at(right).push(batch.retain().data);
          });
          waiting.passed([input.frontier], (held, batches) => {
            const session = output.session(held);
            for (const word of batches.flat()) {
              const count = (counts.get(word) ?? 0) + 1;
              counts.set(word, count);
              session.give([word, count]);
            }
          });
        };
      }),
      inspect(([word, count], time) => seen.push(`worker ${worker.index}, round ${time}: ${word} ${count}`)),
      probe(),
    );
    return { lines, done };
  });
  for (let round = 0; round < rounds; round++) {
    lines.send(`round ${round} of all rounds`);
    lines.advanceTo(round + 1);
    worker.stepWhile(() => done.lessThan(round + 1));
  }
  lines.close();
  return seen;
});
console.log(seen.flat().join("\n"));
