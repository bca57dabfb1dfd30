// event-driven: many dataflows, each a chain of maps, and news for only one of them a round: what is idle should cost nothing.
// Prints the time of a round. After the Rust implementation's example `event_driven`.
import { enter, execute, type Input, input, leave, map, type Probe, probe, type Rows } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { dataflows, length, rounds, record, config } = await commandLine(
  "event-driven",
  "DATAFLOWS chains of LENGTH maps; each of ROUNDS rounds advances one of them and, with `record`, sends a record through it.",
  { dataflows: 10, length: 10, rounds: 10_000, record: false },
);

const results = await execute(import.meta.url, config, (worker) => {
  let start = performance.now();
  let arrived = 0;
  const chains: { feed: Input<number, Rows<null>>; done: Probe<number> }[] = [];
  for (let i = 0; i < dataflows; i++) {
    const chain = worker.dataflow((scope) => {
      const feed = input<null>(scope);
      const end = scope.region("chain", (inner) => {
        let stream = feed.stream.pipe(enter<number, number, Rows<null>>(inner));
        for (let step = 1; step < length; step++) stream = stream.pipe(map((nothing) => nothing));
        const last = map<number, null, null>((nothing) => {
          arrived += 1;
          return nothing;
        });
        return stream.pipe(last, leave<number, number, Rows<null>>(scope));
      });
      return { feed, done: end.pipe(probe()) };
    });
    chains.push(chain);
  }
  const built = performance.now() - start;
  start = performance.now();
  let steps = 0;
  for (let round = 0; round < rounds; round++) {
    const { feed, done } = chains[round % dataflows] as (typeof chains)[number];
    if (record) feed.send(null);
    feed.advanceTo(round + 1);
    worker.stepWhile(() => {
      steps += 1;
      return done.lessThan(round + 1);
    });
  }
  const ran = performance.now() - start;
  for (const { feed } of chains) feed.close();
  return { built, arrived, steps: steps - rounds, microseconds: (ran * 1000) / rounds };
});

results.forEach(({ built, arrived, steps, microseconds }, worker) => {
  console.log(`worker ${worker}: ${dataflows} dataflows of ${length} maps built in ${built.toFixed(1)} ms`);
  console.log(
    `worker ${worker}: ${rounds} rounds in ${steps} steps, ${microseconds.toFixed(2)} us a round; ${arrived} records arrived`,
  );
});
