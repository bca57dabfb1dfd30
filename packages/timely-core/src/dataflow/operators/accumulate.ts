// One value for each time, from all of its batches on a worker: `accumulate`, and `count`.

import { type Batch, type Rows, rows } from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import { Stash } from "../stash.ts";
import type { Stream, Through } from "../stream.ts";
import { unaryFrontier } from "./unary.ts";

/**
 * Folds the batches of each time, starting from `initial()`, and sends the result at that time once it has passed. Rows or columns; each
 * worker folds what it has, and sends nothing for a time at which it had nothing.
 */
export function accumulate<T, B extends Batch, A>(
  initial: () => A,
  fold: (accumulated: A, batch: B, time: T) => A,
  name = "accumulate",
): Through<Stream<T, B>, Stream<T, Rows<A>>> {
  return (stream) =>
    unaryFrontier<T, B, Rows<A>>(name, pipeline, rows<A>(), (first) => {
      first.release();
      const stash = new Stash(stream.scope.domain, () => ({ value: initial() }));
      return (input, output) => {
        input.forEach((right, batch) => {
          const accumulated = stash.at(right);
          accumulated.value = fold(accumulated.value, batch, right.time);
        });
        stash.passed([input.frontier], (capability, { value }) => output.session(capability).give(value));
      };
    })(stream);
}

/** The number of records of each time on each worker, where there are any. */
export function count<T, B extends Batch>(): Through<Stream<T, B>, Stream<T, Rows<number>>> {
  return accumulate<T, B, number>(
    () => 0,
    (sum, batch) => sum + batch.length,
    "count",
  );
}
