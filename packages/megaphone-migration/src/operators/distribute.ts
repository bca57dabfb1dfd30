// Records at the workers of their bins, without state. After Megaphone's `distribute`.

import { type Batch, OperatorBuilder, type Stream, type Through } from "@limmat/timely-core";
import { Bins } from "../bins/index.ts";
import { keyedInput } from "./keyed-input.ts";
import { defaultBins } from "./options.ts";
import { routed } from "./routed.ts";
import type { StatefulUnaryOptions } from "./stateful-unary.ts";

/** Sends each record to the worker that has its bin at the record's time. */
export function distribute<T, B extends Batch>(
  name: string,
  options: Pick<StatefulUnaryOptions<T, B>, "control" | "key" | "bins" | "initial" | "log">,
): Through<Stream<T, B>, Stream<T, B>> {
  return (stream) => {
    const bins = new Bins(options.bins ?? defaultBins);
    const source = keyedInput(stream, options.key);
    const { router, records } = routed(name, [source], options, bins, undefined);
    const builder = new OperatorBuilder(stream.scope, name);
    const input = builder.input(records[0] as Stream<T, Batch>, router.pact(source.key));
    const [output, result] = builder.output(stream.layout);
    builder.build(
      ([capability]) => {
        capability?.release();
        return () =>
          input.forEach((right, batch) => {
            output.session(right).giveBatch(batch.share(1) as B); // passed on, not kept: no copy
          });
      },
      { notify: false },
    );
    return result;
  };
}
