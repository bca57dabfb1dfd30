// Cycles: a stream that is used before it is defined, whose times advance each time round.
// After Naiad's feedback vertex (SOSP 2013, section 2.1).

import type { Batch, Layout } from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import { GraphError, requireSameLayout } from "../errors.ts";
import { OperatorBuilder } from "../operator-builder.ts";
import type { Scope } from "../scope.ts";
import type { Stream, Through } from "../stream.ts";

/** The start of a cycle, to be closed with `connectLoop`. */
export interface Feedback<T, B extends Batch> {
  /** What comes round: each batch at its time advanced by the summary; what passes the last time is dropped. */
  readonly stream: Stream<T, B>;
  /** Engine-internal. @internal */
  connect(stream: Stream<T, B>): void;
}

/** Starts a cycle in `scope`; each time round advances times by `summary`. */
export function feedback<T, B extends Batch>(scope: Scope<T>, layout: Layout<B>, summary: unknown): Feedback<T, B> {
  const builder = new OperatorBuilder(scope, "feedback");
  const [output, stream] = builder.output(layout, [[summary]]);
  const { summaries } = scope.subgraph.domain;
  const crosses = scope.subgraph.advances(summary);
  let connected = false;
  return {
    stream,
    connect(last) {
      if (connected) throw new GraphError(`the cycle of scope ${scope.name} is closed already`);
      requireSameLayout("feedback", layout, last.layout);
      connected = true;
      const input = builder.input(last, pipeline);
      builder.build(
        ([capability]) => {
          // What is under way to a later time, a checkpoint in between must hold.
          if (crosses) builder.info.state({ save() {}, load() {} });
          capability?.release();
          return () =>
            input.forEach((right, batch) => {
              const time: T | undefined = summaries.resultsIn(summary, right.time);
              if (time === undefined) return;
              using later = right.delayed(time);
              output.session(later).giveBatch(batch.share(1) as B); // passed on, not kept: no copy
            });
        },
        { notify: false },
      );
    },
  };
}

/** Closes a cycle with the stream that goes round. */
export function connectLoop<T, B extends Batch>(loop: Feedback<T, B>): Through<Stream<T, B>, void> {
  return (stream) => loop.connect(stream);
}
