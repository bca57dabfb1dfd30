// Moving records to later times: `delay` one by one, `delayBatch` by their time alone.

import type { Batch, Builder, RecordOf } from "../../batch/index.ts";
import { show as showTime } from "../capability.ts";
import type { InputCapability } from "../channels/input-port.ts";
import { pipeline } from "../channels/pact.ts";
import { CapabilityError, type Place } from "../errors.ts";
import { Stash } from "../stash.ts";
import type { Stream, Through } from "../stream.ts";
import { eachRecord } from "./each-record.ts";
import { heldBatches } from "./held-batches.ts";
import { unaryFrontier } from "./unary.ts";

/** Records that wait for one time: full batches, and one that is being filled. */
interface Waiting<B extends Batch> {
  readonly full: B[];
  readonly builder: Builder<B>;
}

/** Records for which a new builder has room: many times may wait with few records each. */
const room = 16;

function requireLater<T>(stream: Stream<T, Batch>, place: Place, from: T, to: T): void {
  const { domain } = stream.scope;
  if (domain.lessEqual(from, to)) return;
  throw new CapabilityError(
    place,
    `a record at ${showTime(domain, from)} can't be moved to ${showTime(domain, to)}, which is not at or after it`,
  );
}

/**
 * Moves each record to the time that `later` returns for it, at or after its own, and sends it once that time has passed. Rows or
 * columns, for which `later` is compiled. Throws `CapabilityError` on an earlier time.
 */
export function delay<T, B extends Batch>(
  later: (record: RecordOf<B>, time: T) => T,
): Through<Stream<T, B>, Stream<T, B>> {
  return (stream) => {
    const { layout } = stream;
    const at = stream.scope.place("delay");
    return unaryFrontier<T, B, B>("delay", pipeline, layout, (first, info) => {
      const { domain } = stream.scope;
      const { capacity } = layout.builder();
      const stash = new Stash(domain, (): Waiting<B> => ({ full: [], builder: layout.builder(room) }));
      const show = (visit: (time: T, batch: B) => void): void =>
        stash.forEach((time, { full, builder }) => {
          if (builder.length > 0) full.push(builder.finish());
          for (const batch of full) visit(time, batch);
        });
      info.state(heldBatches(domain, layout, show, (time, batch) => stash.at(first, time).full.push(batch)));
      first.release();
      let right: InputCapability<T> | undefined;
      // Where each record of the batch goes; longer than the batch when an earlier one was.
      const targets: Waiting<B>[] = [];
      let placed = 0;
      const place = eachRecord(layout, (record) => {
        const { time: from } = right as InputCapability<T>;
        const time = later(record, from);
        requireLater(stream, at, from, time);
        targets[placed++] = stash.at(right as InputCapability<T>, time);
      });
      return (input, output) => {
        input.forEach((capability, batch) => {
          right = capability;
          placed = 0;
          place(batch);
          for (let i = 0; i < placed; i++) {
            const { full, builder } = targets[i] as Waiting<B>;
            builder.pushFrom(batch, i);
            if (builder.length >= capacity) full.push(builder.finish());
          }
        });
        stash.passed([input.frontier], (capability, { full, builder }) => {
          const session = output.session(capability);
          for (const batch of full) session.giveBatch(batch);
          full.length = 0;
          session.giveBatch(builder.finish());
        });
      };
    })(stream);
  };
}

/**
 * Moves all records of a time to the time that `later` returns for it, at or after it, and sends them once that time has passed. Rows or
 * columns. Throws `CapabilityError` on an earlier time.
 */
export function delayBatch<T, B extends Batch>(later: (time: T) => T): Through<Stream<T, B>, Stream<T, B>> {
  return (stream) =>
    unaryFrontier<T, B, B>("delayBatch", pipeline, stream.layout, (first, info) => {
      const { domain } = stream.scope;
      const stash = new Stash(domain, (): B[] => []);
      const show = (visit: (time: T, batch: B) => void): void =>
        stash.forEach((time, batches) => {
          for (const batch of batches) visit(time, batch);
        });
      info.state(heldBatches(domain, stream.layout, show, (time, batch) => stash.at(first, time).push(batch)));
      first.release();
      return (input, output) => {
        input.forEach((right, batch) => {
          const time = later(right.time);
          requireLater(stream, input.place, right.time, time);
          stash.at(right, time).push(batch.retain() as B);
        });
        stash.passed([input.frontier], (capability, batches) => {
          const session = output.session(capability);
          for (const batch of batches) session.giveBatch(batch);
        });
      };
    })(stream);
}
