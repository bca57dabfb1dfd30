// Several streams as one.

import type { Batch } from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import { requireSameLayout } from "../errors.ts";
import { OperatorBuilder } from "../operator-builder.ts";
import type { Stream, Through } from "../stream.ts";

/** The batches of this stream and of the others, in no particular order. */
export function concat<T, B extends Batch>(...others: Stream<T, B>[]): Through<Stream<T, B>, Stream<T, B>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, "concat");
    for (const other of others) requireSameLayout("concat", stream.layout, other.layout);
    const inputs = [stream, ...others].map((each) => builder.input(each, pipeline));
    const [output, result] = builder.output(stream.layout);
    builder.build(
      (capabilities) => {
        for (const capability of capabilities) capability.release();
        return () => {
          for (const input of inputs) {
            input.forEach((capability, batch) => {
              output.session(capability).giveBatch(batch.share(1) as B); // passed on, not kept: no copy
            });
          }
        };
      },
      { notify: false },
    );
    return result;
  };
}
