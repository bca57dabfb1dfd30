// wordcount: random one-word lines, split, exchanged by word, and counted in maps once a round is complete; rows throughout.
import {
  type Capability,
  exchange,
  flatMap,
  input,
  pipeline,
  probe,
  rows,
  unaryFrontier,
  type Worker,
} from "@limmat/timely-core";
import { checkWords, drawnWords, RandomWords } from "./random-words.ts";
import { plan, type Sample, timed } from "./samples.ts";

/** Runs rounds of `batch` lines a worker, of as many different words; every word must have been counted in the end. */
export function wordCount(worker: Worker, words: number, batch: number, warm: number, rounds: number): Sample {
  // The place of a word's count: a map that held the counts would be searched twice for each word.
  const places = new Map<string, number>();
  const counts: number[] = [];
  let counted = 0;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input<string>(scope);
    const done = feed.stream.pipe(
      flatMap((line) => line.split(" ")),
      exchange((word) => word),
      unaryFrontier("count", pipeline, rows<readonly [string, number]>(), (first) => {
        first.release();
        const waiting: { right: Capability<number>; batches: (readonly string[])[] }[] = [];
        return (port, output) => {
          port.forEach((right, arrived) => {
            const kept = arrived.retain().data;
            const entry = waiting.find((each) => each.right.time === right.time);
            if (entry === undefined) waiting.push({ right: right.retain(), batches: [kept] });
            else entry.batches.push(kept);
          });
          for (let i = 0; i < waiting.length; ) {
            const { right, batches } = waiting[i] as (typeof waiting)[number];
            if (port.frontier.lessEqual(right.time)) {
              i += 1;
              continue;
            }
            const session = output.session(right);
            for (const data of batches) {
              for (const word of data) {
                let place = places.get(word);
                if (place === undefined) {
                  place = counts.push(0) - 1;
                  places.set(word, place);
                }
                const count = (counts[place] as number) + 1;
                counts[place] = count;
                counted += 1;
                session.give([word, count]);
              }
            }
            right.release();
            waiting.splice(i, 1);
          }
        };
      }),
      probe(),
    );
    return { feed, done };
  });
  const source = new RandomWords(worker.index, words);
  const sample = timed(warm, rounds, batch * rounds, (number) => {
    for (let i = 0; i < batch; i++) feed.send(`w${source.next()}`);
    feed.advanceTo(number + 1);
    // As the Rust program does: steps without parking.
    while (done.lessThan(number + 1)) worker.step();
  });
  feed.close();
  const found = new Map([...places].map(([word, place]) => [word, counts[place] as number]));
  checkWords(found, drawnWords(words, batch * (warm + rounds * plan.stretches), worker.peers), counted);
  return sample;
}
