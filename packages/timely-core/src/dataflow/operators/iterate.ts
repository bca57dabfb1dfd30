// Loops: a stream that goes round a nested scope until nothing comes round any more.

import type { Batch } from "../../batch/index.ts";
import { type Product, pair } from "../../order/index.ts";
import type { Scope } from "../scope.ts";
import type { Stream, Through } from "../stream.ts";
import { concat } from "./concat.ts";
import { enter, leave } from "./enter-leave.ts";
import { connectLoop, feedback } from "./feedback.ts";

/** What the body of a loop returns. */
export interface LoopEnds<T, B extends Batch, C extends Batch> {
  /** What goes round once more, in the next round. */
  readonly again: Stream<Product<T, number>, B>;
  /** What leaves the loop, whichever round it is of. */
  readonly out: Stream<Product<T, number>, C>;
}

/**
 * Runs a loop over a stream. The body sees the stream's records in round 0 and those it sends `again` in the next round; times inside are
 * pairs of the outer time and the round. A time has left the loop once nothing of it goes round any more.
 */
export function iterate<T, B extends Batch, C extends Batch>(
  body: (stream: Stream<Product<T, number>, B>, scope: Scope<Product<T, number>>) => LoopEnds<T, B, C>,
): Through<Stream<T, B>, Stream<T, C>> {
  return (stream) =>
    stream.scope.nested("iterate", (scope) => {
      const { identity } = stream.scope.subgraph.domain.summaries;
      const loop = feedback(scope, stream.layout, pair(identity, 1));
      const entered = stream.pipe(enter<T, Product<T, number>, B>(scope), concat(loop.stream));
      const { again, out } = body(entered, scope);
      again.pipe(connectLoop(loop));
      return out.pipe(leave<Product<T, number>, T, C>(stream.scope));
    });
}
