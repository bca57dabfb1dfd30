// Counts of words in columns against a map, under simulated schedules.
import { describe, expect, it } from "vitest";
import { ByteTable } from "../../examples/dataflows/byte-table.ts";
import { countWords, splitWords, texts, type WordCounts } from "../../examples/dataflows/count-words.ts";
import { input, inspect } from "../../src/index.ts";
import { Random, simulate } from "../../src/simulation/index.ts";

const vocabulary = ["a", "rose", "is", "día", "日本", "x".repeat(80)];

/** Words with spaces between and around them, sometimes several, and sometimes nothing else. */
function drawLine(random: Random): string {
  return Array.from({ length: random.below(6) }, () =>
    random.chance(0.7) ? `${random.pick(vocabulary)} ` : " ".repeat(random.below(3)),
  ).join("");
}

describe("counting words in columns", () => {
  it.each([1, 2, 3])("counts each word once a time is complete on %i workers", (workers) => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const lines = Array.from({ length: workers }, () =>
        Array.from({ length: 4 }, () => Array.from({ length: random.below(5) }, () => drawLine(random))),
      );
      const counted: WordCounts[] = [];
      const seen: string[] = [];
      simulate({ seed, workers }, function* (worker) {
        const own: WordCounts = { words: new ByteTable(), counts: new Uint32Array(0) };
        counted.push(own);
        const feed = worker.dataflow((scope) => {
          const feed = input(scope, texts);
          feed.stream.pipe(
            splitWords(),
            countWords(own),
            inspect(({ text, count }, time) => seen.push(`${time}: ${text} ${count}`)),
          );
          return feed;
        });
        for (const [time, each] of (lines[worker.index] as string[][]).entries()) {
          feed.advanceTo(time);
          for (const text of each) {
            feed.send({ text });
            yield;
          }
        }
        feed.close();
      });
      const totals = new Map<string, number>();
      const expected: string[] = [];
      for (let time = 0; time < 4; time++) {
        const words = lines.flatMap((own) => (own[time] as string[]).flatMap((line) => line.split(" ")));
        for (const word of words.filter((each) => each !== "")) {
          totals.set(word, (totals.get(word) ?? 0) + 1);
          expected.push(`${time}: ${word} ${totals.get(word)}`);
        }
      }
      expect(seen.sort(), `seed ${seed}`).toEqual(expected.sort());
      for (const [word, total] of totals) {
        const found = counted.flatMap(({ words, counts }) => {
          const number = words.find(new TextEncoder().encode(word));
          return number < 0 ? [] : [counts[number]];
        });
        expect(found, `seed ${seed}, ${word}`).toEqual([total]);
      }
    }
  });
});
