// A keyed operator with one input, whose post-dated work is of another kind than its records. After Megaphone's `stateful_unary_input`.

import type { Batch, Layout, Stream, Through } from "@limmat/timely-core";
import type { BinStore } from "../stores/index.ts";
import { keyedInput } from "./keyed-input.ts";
import type { StatefulInfo } from "./logic.ts";
import type { Moment } from "./moment.ts";
import { stateful } from "./stateful.ts";
import type { StatefulUnaryOptions } from "./stateful-unary.ts";

/** What a stateful operator does with records, and with the work that it post-dated. */
export interface UnaryInputLogic<T, B extends Batch, N, R extends Batch> {
  /** The state. */
  readonly store: BinStore;
  /** Applies records that came by the input; as for `UnaryLogic.fold`. */
  consume(moment: Moment<T, N, R>, batch: B): void;
  /** Applies what `notifyAt` post-dated to `moment.time`, once that is complete: all records of the time have been consumed. */
  due(moment: Moment<T, N, R>, records: readonly N[]): void;
}

/** As `statefulUnary`, with post-dated work of any plain data: windows to close, for example. */
export function statefulUnaryInput<T, B extends Batch, N, R extends Batch>(
  name: string,
  options: StatefulUnaryOptions<T, B>,
  layout: Layout<R>,
  construct: (info: StatefulInfo) => UnaryInputLogic<T, B, N, R>,
): Through<Stream<T, B>, Stream<T, R>> {
  return (stream) =>
    stateful<T, N, R>(name, [keyedInput(stream, options.key)], options, layout, (info) => {
      const logic = construct(info);
      return {
        store: logic.store,
        folds: [(moment, batch) => logic.consume(moment, batch as B)],
        due: (moment, records) => logic.due(moment, records),
      };
    });
}
