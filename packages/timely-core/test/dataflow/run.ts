// One worker, one input, one output: the least that shows what an operator does.

import {
  type Input,
  input,
  inspect,
  type Probe,
  probe,
  type Rows,
  type Stream,
  solo,
  type Worker,
} from "../../src/index.ts";

/** A dataflow under test, with what has come out so far, in order of arrival. */
export interface Bench<D, E> {
  readonly worker: Worker;
  readonly input: Input<number, Rows<D>>;
  readonly outputs: (readonly [time: number, record: E])[];
  readonly probe: Probe<number>;
}

/** Builds a dataflow of integer times around `build` on one worker. */
export function bench<D, E>(build: (stream: Stream<number, Rows<D>>) => Stream<number, Rows<E>>): Bench<D, E> {
  const worker = solo();
  const outputs: [number, E][] = [];
  const parts = worker.dataflow((scope) => {
    const source = input<D>(scope);
    const end = build(source.stream).pipe(
      inspect((record: E, time) => outputs.push([time, record])),
      probe(),
    );
    return { input: source, probe: end };
  });
  return { worker, outputs, ...parts };
}

/** What comes out when all of `batches` was sent, each at its time, and the input was closed. */
export function outputsOf<D, E>(
  batches: readonly (readonly [time: number, ...records: D[]])[],
  build: (stream: Stream<number, Rows<D>>) => Stream<number, Rows<E>>,
): (readonly [time: number, record: E])[] {
  const { worker, input, outputs, probe } = bench(build);
  for (const [time, ...records] of batches) {
    input.advanceTo(time);
    input.send(...records);
  }
  input.close();
  worker.run();
  if (!probe.done) throw new Error("the dataflow ended, but its probe has not");
  return outputs;
}
