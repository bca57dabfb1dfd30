// wordcount [WORKERS [ROUNDS]]: every worker sends lines; words are counted where they belong, and each round's counts are sent
// once the round is complete. Prints the last count of each word. After the Rust implementation's example of that name.
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

const [workers = 1, rounds = 10] = process.argv.slice(2).map(Number);

const latest = await execute(import.meta.url, workers, (worker) => {
  const latest = new Map<string, number>();
  const { lines, done } = worker.dataflow((scope) => {
    const lines = input<string>(scope);
    const done = lines.stream.pipe(
      flatMap((line) => line.split(" ")),
      exchange((word) => word),
      unaryFrontier("count", pipeline, rows<readonly [string, number]>(), (capability) => {
        capability.release();
        const waiting: { right: Capability<number>; words: string[] }[] = [];
        const counts = new Map<string, number>();
        return (input, output) => {
          input.forEach((right, batch) => {
            const entry = waiting.find((each) => each.right.time === right.time);
            if (entry === undefined) waiting.push({ right: right.retain(), words: [...batch.data] });
            else entry.words.push(...batch.data);
          });
          for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
            if (input.frontier.lessEqual(first.right.time)) break;
            const session = output.session(first.right);
            for (const word of first.words) counts.set(word, (counts.get(word) ?? 0) + 1);
            for (const word of new Set(first.words)) session.give([word, counts.get(word) ?? 0]);
            first.right.release();
            waiting.shift();
          }
        };
      }),
      inspect(([word, count]) => latest.set(word, count)),
      probe(),
    );
    return { lines, done };
  });
  for (let round = 0; round < rounds; round++) {
    lines.send(`round ${round} of worker ${worker.index}`, "the same words in every round");
    lines.advanceTo(round + 1);
    worker.stepWhile(() => done.lessThan(round + 1));
  }
  lines.close();
  return latest;
});

const all = latest.flatMap((counts) => [...counts]).sort(([a], [b]) => (a < b ? -1 : 1));
for (const [word, count] of all) console.log(`${word}: ${count}`);
