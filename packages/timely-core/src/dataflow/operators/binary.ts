// Operators with two inputs and one output, from a function.

import type { Batch, Layout } from "../../batch/index.ts";
import type { Capability } from "../capability.ts";
import type { InputPort } from "../channels/input-port.ts";
import type { OutputPort } from "../channels/output-port.ts";
import type { Pact } from "../channels/pact.ts";
import { OperatorBuilder, type OperatorInfo } from "../operator-builder.ts";
import type { Stream, Through } from "../stream.ts";

/** An operator that reads batches of two streams; like `unary` else. */
export function binary<T, A extends Batch, C extends Batch, B extends Batch>(
  other: Stream<T, C>,
  name: string,
  pact: Pact<A>,
  otherPact: Pact<C>,
  layout: Layout<B>,
  construct: (info: OperatorInfo) => (input: InputPort<T, A>, other: InputPort<T, C>, output: OutputPort<T, B>) => void,
): Through<Stream<T, A>, Stream<T, B>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, name);
    const input = builder.input(stream, pact);
    const second = builder.input(other, otherPact);
    const [output, result] = builder.output(layout);
    builder.build(
      ([capability]) => {
        capability?.release();
        const run = construct(builder.info);
        return () => run(input, second, output);
      },
      { notify: false },
    );
    return result;
  };
}

/** An operator that reads two streams and acts on both frontiers; like `unaryFrontier` else. */
export function binaryFrontier<T, A extends Batch, C extends Batch, B extends Batch>(
  other: Stream<T, C>,
  name: string,
  pact: Pact<A>,
  otherPact: Pact<C>,
  layout: Layout<B>,
  construct: (
    capability: Capability<T>,
    info: OperatorInfo,
  ) => (input: InputPort<T, A>, other: InputPort<T, C>, output: OutputPort<T, B>) => void,
): Through<Stream<T, A>, Stream<T, B>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, name);
    const input = builder.input(stream, pact);
    const second = builder.input(other, otherPact);
    const [output, result] = builder.output(layout);
    builder.build(([capability]) => {
      const run = construct(capability as Capability<T>, builder.info);
      return () => run(input, second, output);
    });
    return result;
  };
}
