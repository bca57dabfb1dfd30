// A keyed operator with two inputs, whose post-dated work is of a kind of its own. After Megaphone's `stateful_binary_input`, with the two
// inputs merged by time.

import type { Batch, HashExchange, Layout, Stream, Through } from "@limmat/timely-core";
import type { BinStore } from "../stores/index.ts";
import { keyedInput } from "./keyed-input.ts";
import type { StatefulInfo } from "./logic.ts";
import type { Moment } from "./moment.ts";
import type { StatefulOptions } from "./options.ts";
import { stateful } from "./stateful.ts";

/** How a stateful operator with two inputs finds bins, and how they move. */
export interface StatefulBinaryOptions<T, B1 extends Batch, B2 extends Batch> extends StatefulOptions<T> {
  /** The hash of a record's key, of the first input; keys of both inputs with one hash have one bin. */
  readonly key1: HashExchange<B1>;
  /** The hash of a record's key, of the second input. */
  readonly key2: HashExchange<B2>;
}

/** What a stateful operator with two inputs does with records, and with the work that it post-dated. */
export interface BinaryInputLogic<T, B1 extends Batch, B2 extends Batch, N, R extends Batch> {
  /** The state of both inputs. */
  readonly store: BinStore;
  /** Applies records of the first input; as for `UnaryLogic.fold`. At one time the inputs come in any order. */
  consume1(moment: Moment<T, N, R>, batch: B1): void;
  /** Applies records of the second input. */
  consume2(moment: Moment<T, N, R>, batch: B2): void;
  /** Applies what `notifyAt` post-dated to `moment.time`, once that is complete on both inputs. */
  due(moment: Moment<T, N, R>, records: readonly N[]): void;
}

/** As `statefulUnaryInput`, with a second stream whose keys share bins, and so workers, with those of the first. */
export function statefulBinaryInput<T, B1 extends Batch, B2 extends Batch, N, R extends Batch>(
  name: string,
  other: Stream<T, B2>,
  options: StatefulBinaryOptions<T, B1, B2>,
  layout: Layout<R>,
  construct: (info: StatefulInfo) => BinaryInputLogic<T, B1, B2, N, R>,
): Through<Stream<T, B1>, Stream<T, R>> {
  return (stream) =>
    stateful<T, N, R>(
      name,
      [keyedInput(stream, options.key1), keyedInput(other, options.key2)],
      options,
      layout,
      (info) => {
        const logic = construct(info);
        return {
          store: logic.store,
          folds: [
            (moment, batch) => logic.consume1(moment, batch as B1),
            (moment, batch) => logic.consume2(moment, batch as B2),
          ],
          due: (moment, records) => logic.due(moment, records),
        };
      },
    );
}
