// A stream in step with another one's times. After timely dataflow's `reclock`.

import type { Batch } from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import { Stash } from "../stash.ts";
import type { Stream, Through } from "../stream.ts";
import { binaryFrontier } from "./binary.ts";
import { heldBatches } from "./held-batches.ts";

/**
 * Holds a stream until a clock ticks: a tick is any record of `clock` on this worker (`broadcast` it to have all workers tick together).
 * Once a tick's time has passed on both streams, all that was held at its time or before is sent at its time. What no tick comes after is
 * dropped when the clock has ended. Where times are partially ordered and several ticks come after a batch, which of them it is sent at
 * is free. Rows or columns.
 */
export function reclock<T, B extends Batch, C extends Batch>(clock: Stream<T, C>): Through<Stream<T, B>, Stream<T, B>> {
  return (stream) => {
    const { domain } = stream.scope;
    return binaryFrontier<T, B, C, B>(clock, "reclock", pipeline, pipeline, stream.layout, (first, info) => {
      let held: { readonly time: T; readonly batch: B }[] = [];
      let sorted = true;
      const show = (visit: (time: T, batch: B) => void): void => {
        for (const { time, batch } of held) visit(time, batch);
      };
      const take = (time: T, batch: B): void => {
        held.push({ time, batch });
        sorted = false;
      };
      info.state(heldBatches(domain, stream.layout, show, take));
      first.release();
      const ticks = new Stash<T, true>(domain, () => true);
      return (input, second, output) => {
        second.forEach((right) => {
          ticks.at(right);
        });
        input.forEach(({ time }, batch) => {
          take(time, batch.retain() as B);
        });
        ticks.passed([input.frontier, second.frontier], (capability) => {
          if (!sorted) held.sort((a, b) => domain.compare(a.time, b.time));
          sorted = true;
          const session = output.session(capability);
          const kept: typeof held = [];
          let end = 0;
          // Nothing at or before the tick comes after it in a linear extension.
          for (; end < held.length; end++) {
            const entry = held[end] as (typeof held)[number];
            if (domain.compare(entry.time, capability.time) > 0) break;
            if (domain.lessEqual(entry.time, capability.time)) session.giveBatch(entry.batch);
            else kept.push(entry);
          }
          held = kept.concat(held.slice(end));
        });
        if (held.length === 0 || ticks.size > 0 || !second.frontier.isEmpty()) return;
        for (const { batch } of held) batch.release();
        held = [];
      };
    })(stream);
  };
}
