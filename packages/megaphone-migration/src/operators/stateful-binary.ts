// A keyed operator with two inputs, whose post-dated work is records of theirs. After Megaphone's `stateful_binary`.

import type { Batch, Layout, RecordOf, Stream, Through } from "@limmat/timely-core";
import type { BinStore } from "../stores/index.ts";
import type { StatefulInfo } from "./logic.ts";
import type { Moment } from "./moment.ts";
import { type StatefulBinaryOptions, statefulBinaryInput } from "./stateful-binary-input.ts";

/** A record of one of two inputs. */
export type Either<A, B> =
  | {
      /** The number of the input. */
      readonly input: 1;
      /** The record. */
      readonly record: A;
    }
  | {
      /** The number of the input. */
      readonly input: 2;
      /** The record. */
      readonly record: B;
    };

/** What a stateful operator with two inputs does. */
export interface BinaryLogic<T, B1 extends Batch, B2 extends Batch, R extends Batch> {
  /** The state of both inputs. */
  readonly store: BinStore;
  /** Applies records of the first input, or such as were post-dated; as for `UnaryLogic.fold`. */
  fold1(moment: Moment<T, Either<RecordOf<B1>, RecordOf<B2>>, R>, batch: B1): void;
  /** Applies records of the second input, or such as were post-dated. */
  fold2(moment: Moment<T, Either<RecordOf<B1>, RecordOf<B2>>, R>, batch: B2): void;
}

/** As `statefulUnary`, with a second stream whose keys share bins, and so workers, with those of the first. */
export function statefulBinary<T, B1 extends Batch, B2 extends Batch, R extends Batch>(
  name: string,
  other: Stream<T, B2>,
  options: StatefulBinaryOptions<T, B1, B2>,
  layout: Layout<R>,
  construct: (info: StatefulInfo) => BinaryLogic<T, B1, B2, R>,
): Through<Stream<T, B1>, Stream<T, R>> {
  return (stream) =>
    stream.pipe(
      statefulBinaryInput<T, B1, B2, Either<RecordOf<B1>, RecordOf<B2>>, R>(name, other, options, layout, (info) => {
        const logic = construct(info);
        const first = stream.layout.builder();
        const second = other.layout.builder();
        return {
          store: logic.store,
          consume1: (moment, batch) => logic.fold1(moment, batch),
          consume2: (moment, batch) => logic.fold2(moment, batch),
          due(moment, records) {
            for (const each of records) {
              if (each.input === 1) first.push(each.record);
              else second.push(each.record);
            }
            if (first.length > 0) {
              const batch = first.finish();
              logic.fold1(moment, batch);
              batch.release();
            }
            if (second.length > 0) {
              const batch = second.finish();
              logic.fold2(moment, batch);
              batch.release();
            }
          },
        };
      }),
    );
}
