// A split by outcome: what went well on one stream, what went wrong on another. After timely dataflow's `ok_err`.

import { type Rows, rows } from "../../batch/index.ts";
import type { Session } from "../channels/output-port.ts";
import { pipeline } from "../channels/pact.ts";
import { OperatorBuilder } from "../operator-builder.ts";
import type { Stream, Through } from "../stream.ts";

/** What came of a record. */
export type Outcome<A, E> =
  | {
      /** It went well. */
      readonly ok: true;
      /** The result. */
      readonly value: A;
    }
  | {
      /** It went wrong. */
      readonly ok: false;
      /** What is known of the mistake. */
      readonly error: E;
    };

/** The results and the mistakes of a stream. */
export interface Outcomes<T, A, E> {
  /** The `value` of what went well. */
  readonly ok: Stream<T, Rows<A>>;
  /** The `error` of what went wrong. */
  readonly err: Stream<T, Rows<E>>;
}

/** Tries `attempt` on each row and divides what comes of it. */
export function okErr<T, D, A, E>(
  attempt: (record: D) => Outcome<A, E>,
): Through<Stream<T, Rows<D>>, Outcomes<T, A, E>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, "okErr");
    const input = builder.input(stream, pipeline);
    const [values, ok] = builder.output(rows<A>());
    const [errors, err] = builder.output(rows<E>());
    builder.build(
      (capabilities) => {
        for (const capability of capabilities) capability.release();
        return () =>
          input.forEach((right, batch) => {
            const good: Session<T, Rows<A>> = values.session(right);
            const bad: Session<T, Rows<E>> = errors.session(right);
            const { data } = batch;
            for (let i = 0; i < data.length; i++) {
              const outcome = attempt(data[i] as D);
              if (outcome.ok) good.give(outcome.value);
              else bad.give(outcome.error);
            }
          });
      },
      { notify: false },
    );
    return { ok, err };
  };
}
