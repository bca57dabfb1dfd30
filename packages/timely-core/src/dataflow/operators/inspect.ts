// Looking at a stream without changing it.

import type { Batch, RecordOf } from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import type { Stream, Through } from "../stream.ts";
import { unary } from "./unary.ts";

/** Calls `look` for each batch, which is read-only and valid until it returns, and passes the batch on. */
export function inspectBatch<T, B extends Batch>(
  look: (batch: B, time: T) => void,
): Through<Stream<T, B>, Stream<T, B>> {
  return (stream) =>
    unary<T, B, B>("inspect", pipeline, stream.layout, () => (input, output) => {
      input.forEach((capability, batch) => {
        look(batch, capability.time);
        output.session(capability).giveBatch(batch.share(1) as B); // passed on, not kept: no copy
      });
    })(stream);
}

/** Calls `look` for each record and passes the records on. Columns make an object a record: for logs and tests. */
export function inspect<T, B extends Batch>(
  look: (record: RecordOf<B>, time: T) => void,
): Through<Stream<T, B>, Stream<T, B>> {
  return inspectBatch<T, B>((batch, time) => {
    for (let i = 0; i < batch.length; i++) look(batch.get(i) as RecordOf<B>, time);
  });
}
