// The end of a stream: an operator without outputs.

import type { Batch } from "../../batch/index.ts";
import type { InputPort } from "../channels/input-port.ts";
import type { Pact } from "../channels/pact.ts";
import { OperatorBuilder, type OperatorInfo } from "../operator-builder.ts";
import type { Stream, Through } from "../stream.ts";

/**
 * An operator that reads a stream and sends nothing. It is activated for batches and when `input.frontier` moves; `construct` runs once
 * per worker and returns what runs on each activation.
 */
export function sink<T, B extends Batch>(
  name: string,
  pact: Pact<B>,
  construct: (info: OperatorInfo) => (input: InputPort<T, B>) => void,
): Through<Stream<T, B>, void> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, name);
    const input = builder.input(stream, pact);
    builder.build(() => {
      const run = construct(builder.info);
      return () => run(input);
    });
  };
}
