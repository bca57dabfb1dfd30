// openloop: numbers are due at a fixed rate whatever the engine does, and go through a filter that keeps none. Prints how long after
// they were due a probe said that they were through. After the Rust implementation's example of that name.
import { execute, filter, input, probe } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";
import { offer, printLatencies } from "./latency/offer.ts";

const { rate, seconds, config } = await commandLine(
  "openloop",
  "RATE numbers a second are due for SECONDS seconds; the latency of each is from when it was due.",
  { rate: 100_000, seconds: 2 },
);

const latencies = await execute(import.meta.url, config, (worker) => {
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input<number>(scope);
    const done = feed.stream.pipe(
      filter(() => false),
      probe(),
    );
    return { feed, done };
  });
  const { counts } = offer(worker, feed, done, rate, seconds);
  feed.close();
  return counts;
});
printLatencies(latencies);
