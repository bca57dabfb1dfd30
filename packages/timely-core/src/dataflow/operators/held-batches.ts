// Batches that an operator keeps for later times, as its state in checkpoints.

import type { Batch, Layout } from "../../batch/index.ts";
import type { StateHook } from "../../checkpoint/state.ts";
import type { TimeDomain } from "../../order/index.ts";

/**
 * Saves what `each` shows, and hands it to `take` in a restored run. Batches stay with the worker that kept them, or go to the one of its
 * number modulo the number of workers.
 */
export function heldBatches<T, B extends Batch>(
  domain: TimeDomain<T>,
  layout: Layout<B>,
  each: (visit: (time: T, batch: B) => void) => void,
  take: (time: T, batch: B) => void,
): StateHook {
  return {
    schema: `batches of ${layout.fingerprint}`,
    save(to) {
      each((time, batch) => {
        const bytes = new Uint8Array(layout.byteLength(batch));
        layout.encode(batch, bytes, 0);
        to.own((writer) => {
          domain.codec.write(time, writer);
          writer.varint(bytes.length);
          writer.raw(bytes);
        });
      });
    },
    load(from) {
      from.own((reader) => {
        const time = domain.codec.read(reader);
        // A copy starts at an address where columns can be read.
        const bytes = reader.raw(reader.varint()).slice();
        take(time, layout.decode(bytes, 0, bytes.length, { own: true }));
      });
    },
  };
}
