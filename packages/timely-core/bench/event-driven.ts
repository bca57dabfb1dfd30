// event_driven: many dataflows of a chain of maps each, and one record a round into one of them: what is idle should cost nothing.
import { type Input, input, map, type Probe, probe, type Rows, type Stream, type Worker } from "@limmat/timely-core";
import { type Sample, timed } from "./samples.ts";

/** Runs rounds over `dataflows` chains of `length` maps, in turn. */
export function eventDriven(worker: Worker, dataflows: number, length: number, warm: number, rounds: number): Sample {
  const chains: { feed: Input<number, Rows<number>>; done: Probe<number> }[] = [];
  for (let i = 0; i < dataflows; i++) {
    chains.push(
      worker.dataflow((scope) => {
        const feed = input<number>(scope);
        let stream: Stream<number, Rows<number>> = feed.stream;
        for (let step = 0; step < length; step++) stream = stream.pipe(map((n) => n));
        return { feed, done: stream.pipe(probe()) };
      }),
    );
  }
  const sample = timed(warm, rounds, rounds, (number) => {
    const { feed, done } = chains[number % dataflows] as (typeof chains)[number];
    feed.send(number);
    feed.advanceTo(number + 1);
    worker.stepWhile(() => done.lessThan(number + 1));
  });
  for (const { feed } of chains) feed.close();
  return sample;
}
