// Records that are known when the dataflow is built, as a stream. After timely dataflow's `to_stream`.

import { type Batch, type Builder, type Layout, type RecordOf, type Rows, rows } from "../../batch/index.ts";
import type { Capability } from "../capability.ts";
import { OperatorBuilder } from "../operator-builder.ts";
import type { Scope } from "../scope.ts";
import type { Stream } from "../stream.ts";

/** Batches that are sent in one activation, so that others get their turn and no more is under way than is read. */
const turn = 8;

/**
 * A stream of the given records at the least time, as rows or in another layout. They are taken from the iterable a few batches at a
 * time, as the dataflow runs. Each worker sends its own: give the others none when they all know the same, as in
 * `toStream(scope, scope.index === 0 ? records : [])`. A run that starts from a checkpoint has them behind it and sends none.
 */
export function toStream<T, D>(scope: Scope<T>, records: Iterable<D>): Stream<T, Rows<D>>;
export function toStream<T, B extends Batch>(
  scope: Scope<T>,
  records: Iterable<RecordOf<B>>,
  layout: Layout<B>,
): Stream<T, B>;
export function toStream<T>(
  scope: Scope<T>,
  records: Iterable<unknown>,
  layout: Layout<Batch> = rows() as Layout<Batch>,
): Stream<T, Batch> {
  const operator = new OperatorBuilder(scope, "toStream");
  const [output, stream] = operator.output(layout);
  const { info } = operator;
  operator.build(
    ([first]) => {
      const capability = first as Capability<T>;
      // A checkpoint that covers the least time covers all of them.
      if (scope.context.states?.covers(scope.subgraph.outermost(capability.time))) capability.release();
      const builder = layout.builder();
      const put = Array.isArray(records) ? fromArray(records, builder) : fromIterable(records, builder);
      const full = (): number => Math.min(builder.capacity, scope.context.batchPiece());
      return () => {
        if (!capability.live) return;
        const session = output.session(capability);
        for (let fuel = Math.min(turn, scope.context.batchFuel()); fuel > 0; fuel--) {
          const more = put(full());
          session.giveBatch(builder.finish());
          if (more) continue;
          capability.release();
          return;
        }
        info.activate();
      };
    },
    { notify: false },
  );
  return stream;
}

/** Adds records to the builder until it holds so many; false when there are no more. */
type Put = (full: number) => boolean;

function fromArray(records: readonly unknown[], builder: Builder<Batch>): Put {
  let at = 0;
  return (full) => {
    const end = Math.min(records.length, at + full - builder.length);
    for (; at < end; at++) builder.push(records[at] as never);
    return at < records.length;
  };
}

function fromIterable(records: Iterable<unknown>, builder: Builder<Batch>): Put {
  const iterator = records[Symbol.iterator]();
  return (full) => {
    while (builder.length < full) {
      const { done, value } = iterator.next();
      if (done === true) return false;
      builder.push(value as never);
    }
    return true;
  };
}
