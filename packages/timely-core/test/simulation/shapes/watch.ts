// Operators that look on: what passes them must keep the promises that frontiers made to them.

import {
  Antichain,
  type Batch,
  type Frontier,
  type InputPort,
  OperatorBuilder,
  pipeline,
  type RecordOf,
  type Stream,
  type Through,
  type TimeDomain,
} from "../../../src/index.ts";

/** A frontier broke its promise. */
export class PromiseError extends Error {}

/** Checks each activation of one operator against the frontier that the last one saw. */
class Promises<T> {
  private readonly domain: TimeDomain<T>;
  private promised: Antichain<T>;

  constructor(domain: TimeDomain<T>) {
    this.domain = domain;
    this.promised = new Antichain(domain, [domain.minimum]);
  }

  /** A frontier never goes back. */
  observe(frontier: Frontier<T>): void {
    if (this.promised.dominates(frontier)) return;
    throw new PromiseError(`the frontier went back from ${this.show(this.promised)} to ${this.show(frontier)}`);
  }

  /** What was seen as passed never arrives. */
  arrive(time: T): void {
    if (this.promised.lessEqual(time)) return;
    throw new PromiseError(`a batch at ${JSON.stringify(time)} came although ${this.show(this.promised)} was promised`);
  }

  keep(frontier: Frontier<T>): void {
    this.promised = new Antichain(this.domain, frontier.elements);
  }

  private show(frontier: Frontier<T>): string {
    return JSON.stringify(frontier.elements);
  }
}

/** Passes a stream on, and checks that frontiers keep their promises there. */
export function watch<T, B extends Batch>(): Through<Stream<T, B>, Stream<T, B>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, "watch");
    const input = builder.input(stream, pipeline);
    const [output, result] = builder.output(stream.layout);
    builder.build(([capability]) => {
      capability?.release();
      return looking(stream.scope.domain, input, (_, batch, right) => {
        output.session(right).giveBatch(batch.retain() as B);
      });
    });
    return result;
  };
}

/** Ends a stream: hands every record to `take`, and checks that frontiers keep their promises there. */
export function collect<T, B extends Batch>(take: (time: T, record: RecordOf<B>) => void): Through<Stream<T, B>, void> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, "collect");
    const input = builder.input(stream, pipeline);
    builder.build(() =>
      looking(stream.scope.domain, input, (time, batch) => {
        for (let i = 0; i < batch.length; i++) take(time, batch.get(i) as RecordOf<B>);
      }),
    );
  };
}

function looking<T, B extends Batch>(
  domain: TimeDomain<T>,
  input: InputPort<T, B>,
  look: (time: T, batch: B, right: Parameters<Parameters<InputPort<T, B>["forEach"]>[0]>[0]) => void,
): () => void {
  const promises = new Promises(domain);
  return () => {
    promises.observe(input.frontier);
    input.forEach((right, batch) => {
      promises.arrive(right.time);
      look(right.time, batch, right);
    });
    promises.keep(input.frontier);
  };
}
