// Watching a stream's frontier from outside the dataflow: how a program knows that a time is done.

import type { Batch } from "../../batch/index.ts";
import type { Frontier } from "../../order/index.ts";
import { pipeline } from "../channels/pact.ts";
import { OperatorBuilder } from "../operator-builder.ts";
import type { Stream, Through } from "../stream.ts";

/** Tells how far a stream has got: which times may still arrive, on any worker. */
export class Probe<T> {
  private readonly source: () => Frontier<T>;

  /** Engine-internal: see `probe`. @internal */
  constructor(source: () => Frontier<T>) {
    this.source = source;
  }

  /** The live frontier. Throws `DroppedError` once the dataflow was dropped: it would stand still for ever. */
  get frontier(): Frontier<T> {
    return this.source();
  }

  /** Whether a time before `time` may still arrive: the condition to step on while all before `time` is to be done. */
  lessThan(time: T): boolean {
    return this.frontier.lessThan(time);
  }

  /** Whether `time` itself or a time before it may still arrive. */
  lessEqual(time: T): boolean {
    return this.frontier.lessEqual(time);
  }

  /** Whether nothing can arrive any more. */
  get done(): boolean {
    return this.frontier.isEmpty();
  }
}

/** Ends a pipe with a `Probe` of the stream. */
export function probe<T, B extends Batch>(): Through<Stream<T, B>, Probe<T>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, "probe");
    const input = builder.input(stream, pipeline);
    builder.build(() => () => input.forEach(() => {}), { notify: false });
    return new Probe(() => input.frontier);
  };
}
