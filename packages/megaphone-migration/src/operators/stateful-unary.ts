// A keyed operator with one input, whose post-dated work is records of the same kind. After Megaphone's `stateful_unary`.

import type { Batch, HashExchange, Layout, RecordOf, Stream, Through } from "@limmat/timely-core";
import type { BinStore } from "../stores/index.ts";
import { keyedInput } from "./keyed-input.ts";
import type { StatefulInfo } from "./logic.ts";
import type { Moment } from "./moment.ts";
import type { StatefulOptions } from "./options.ts";
import { stateful } from "./stateful.ts";

/** How a stateful operator with one input finds bins, and how they move. */
export interface StatefulUnaryOptions<T, B extends Batch> extends StatefulOptions<T> {
  /** The hash of a record's key: what `byKey`, `byColumns` or `byHash` return. */
  readonly key: HashExchange<B>;
}

/** What a stateful operator with one input does. */
export interface UnaryLogic<T, B extends Batch, R extends Batch> {
  /** The state. */
  readonly store: BinStore;
  /**
   * Applies records at a time, a batch at once: those that came by the input, or, when `moment.time` is complete, those that `notifyAt` post-dated
   * to it. The records of one time may come in several batches; those of a bin never before ones of an earlier time.
   */
  fold(moment: Moment<T, RecordOf<B>, R>, batch: B): void;
}

/**
 * An operator with state by key, whose state moves between workers as the control stream says, while records flow. The results do not
 * depend on where bins live. `construct` is called once on each worker.
 *
 * Throws `BinBitsError` and `StatefulOptionError`; what is wrong with control records ends the run with the error that `Configurations` gives.
 */
export function statefulUnary<T, B extends Batch, R extends Batch>(
  name: string,
  options: StatefulUnaryOptions<T, B>,
  layout: Layout<R>,
  construct: (info: StatefulInfo) => UnaryLogic<T, B, R>,
): Through<Stream<T, B>, Stream<T, R>> {
  return (stream) =>
    stateful<T, RecordOf<B>, R>(name, [keyedInput(stream, options.key)], options, layout, (info) => {
      const logic = construct(info);
      const builder = stream.layout.builder();
      return {
        store: logic.store,
        folds: [(moment, batch) => logic.fold(moment, batch as B)],
        due(moment, records) {
          for (const record of records) builder.push(record);
          const batch = builder.finish();
          logic.fold(moment, batch);
          batch.release();
        },
      };
    });
}
