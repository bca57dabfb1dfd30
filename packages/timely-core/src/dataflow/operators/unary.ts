// Operators with one input and one output, from a function.

import type { Batch, Layout } from "../../batch/index.ts";
import type { Capability } from "../capability.ts";
import type { InputPort } from "../channels/input-port.ts";
import type { OutputPort } from "../channels/output-port.ts";
import type { Pact } from "../channels/pact.ts";
import { OperatorBuilder, type OperatorInfo } from "../operator-builder.ts";
import type { Stream, Through } from "../stream.ts";

/**
 * An operator that reads batches and sends others at their times. `construct` runs once per worker and returns what runs on each
 * activation. It holds no capability of its own and is not told of frontiers: see `unaryFrontier` for both.
 */
export function unary<T, A extends Batch, B extends Batch>(
  name: string,
  pact: Pact<A>,
  layout: Layout<B>,
  construct: (info: OperatorInfo) => (input: InputPort<T, A>, output: OutputPort<T, B>) => void,
): Through<Stream<T, A>, Stream<T, B>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, name);
    const input = builder.input(stream, pact);
    const [output, result] = builder.output(layout);
    builder.build(
      ([capability]) => {
        capability?.release();
        const run = construct(builder.info);
        return () => run(input, output);
      },
      { notify: false },
    );
    return result;
  };
}

/**
 * An operator that also acts on the frontier of its input: it is activated when `input.frontier` moves. `construct` gets a capability
 * for the least time, to keep or release.
 */
export function unaryFrontier<T, A extends Batch, B extends Batch>(
  name: string,
  pact: Pact<A>,
  layout: Layout<B>,
  construct: (
    capability: Capability<T>,
    info: OperatorInfo,
  ) => (input: InputPort<T, A>, output: OutputPort<T, B>) => void,
): Through<Stream<T, A>, Stream<T, B>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, name);
    const input = builder.input(stream, pact);
    const [output, result] = builder.output(layout);
    builder.build(([capability]) => {
      const run = construct(capability as Capability<T>, builder.info);
      return () => run(input, output);
    });
    return result;
  };
}
