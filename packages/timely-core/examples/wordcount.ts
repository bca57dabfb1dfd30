// wordcount: every worker sends a line a round; words are counted where they belong, and each round's counts are sent once the round is
// complete. Prints them as they come, by worker. After the Rust implementation's example of that name.
import {
  type Capability,
  exchange,
  execute,
  flatMap,
  input,
  inspect,
  pipeline,
  probe,
  rows,
  unaryFrontier,
} from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { rounds, workers } = commandLine("wordcount", "Each worker sends a few words in each of ROUNDS rounds.", {
  rounds: 10,
});

const seen = await execute(import.meta.url, workers, (worker) => {
  const seen: string[] = [];
  const { lines, done } = worker.dataflow((scope) => {
    const lines = input<string>(scope);
    const done = lines.stream.pipe(
      flatMap((line) => line.split(" ")),
      exchange((word) => word),
      unaryFrontier("count", pipeline, rows<readonly [string, number]>(), (capability) => {
        capability.release();
        const counts = new Map<string, number>();
        const waiting = new Map<number, { held: Capability<number>; batches: (readonly string[])[] }>();
        return (input, output) => {
          input.forEach((right, batch) => {
            const entry = waiting.get(right.time) ?? { held: right.retain(), batches: [] };
            entry.batches.push(batch.retain().data);
            waiting.set(right.time, entry);
          });
          for (const [time, { held, batches }] of waiting) {
            if (input.frontier.lessEqual(time)) continue; // more words may come at this time
            const session = output.session(held);
            for (const word of batches.flat()) {
              const count = (counts.get(word) ?? 0) + 1;
              counts.set(word, count);
              session.give([word, count]);
            }
            held.release();
            waiting.delete(time);
          }
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
