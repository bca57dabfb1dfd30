// loopdemo: numbers are due at a fixed rate, and each goes round a cycle, halved or tripled, until it reaches 1. Prints how long after
// they were due a probe said that all before them had. After the Rust implementation's example of that name.
import { concat, connectLoop, execute, feedback, filter, input, map, probe, rows } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";
import { offer, printLatencies } from "./latency/offer.ts";

const { rate, seconds, config } = await commandLine(
  "loopdemo",
  "RATE numbers a second are due for SECONDS seconds; the latency of each is from when it was due until it has reached 1.",
  { rate: 10_000, seconds: 2 },
);

const results = await execute(import.meta.url, config, (worker) => {
  let turns = 0;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input<number>(scope);
    // A nanosecond later each time round: a number is through when none of its time or before is under way.
    const loop = feedback(scope, rows<number>(), 1);
    const going = feed.stream.pipe(
      concat(loop.stream),
      map((n) => {
        turns += 1;
        return n % 2 === 0 ? n / 2 : 3 * n + 1;
      }),
      filter((n) => n > 1),
    );
    going.pipe(connectLoop(loop));
    return { feed, done: going.pipe(probe()) };
  });
  const { counts } = offer(worker, feed, done, rate, seconds);
  feed.close();
  worker.stepWhile(() => !done.done);
  return { turns, counts };
});
console.log(`${results.reduce((sum, { turns }) => sum + turns, 0)} turns`);
printLatencies(results.map(({ counts }) => counts));
