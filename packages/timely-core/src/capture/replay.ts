// Makes a stream of captured ones. After timely dataflow's `replay_into`.

import type { Batch, Layout } from "../batch/index.ts";
import { type Capability, show } from "../dataflow/capability.ts";
import { source } from "../dataflow/operators/source.ts";
import type { Scope } from "../dataflow/scope.ts";
import type { Stream } from "../dataflow/stream.ts";
import { MutableAntichain } from "../order/index.ts";
import { CaptureError, type CaptureReader } from "./event.ts";

/** Events of one reader that are replayed in one activation. */
const fuel = 64;

/**
 * The records of captured streams at the times they had, with the frontier that all the captured streams together had. Any number of
 * streams, captured by any number of workers, is replayed on any number of workers: each of those is given its share, be it none, and each
 * stream goes to one of them. A stream that is none is a `CaptureError`, as the `cause` of the `OperatorError` that says where.
 */
export function replay<T, B extends Batch>(
  scope: Scope<T>,
  layout: Layout<B>,
  readers: readonly CaptureReader<T, B>[],
): Stream<T, B> {
  const { domain } = scope;
  const covered = (time: T): boolean => scope.context.states?.covers(scope.subgraph.outermost(time)) ?? false;
  return source<T, B>(
    scope,
    layout,
    (initial, info) => {
      // What may still come: of every stream its own frontier. A stream that was not begun is at the least time.
      const coming = new MutableAntichain(domain);
      coming.update(domain.minimum, readers.length);
      let held: Capability<T>[] = [initial.named("what was captured may not be complete")];
      for (const reader of readers) reader.onEvent(info.activate);
      const open = new Map(readers.map((reader) => [reader, new MutableAntichain(domain)]));
      for (const own of open.values()) own.update(domain.minimum, 1);
      const follow = (): void => {
        const next = coming.elements.map((time) => {
          const from = held.find((capability) => domain.lessEqual(capability.time, time));
          if (from === undefined) throw new CaptureError(`the frontier goes back to ${show(domain, time)}`);
          return from.delayed(time);
        });
        for (const capability of held) capability.release();
        held = next;
      };
      if (readers.length === 0) follow();
      return (output) => {
        let more = false;
        let moved = false;
        for (const [reader, own] of open) {
          for (let left = fuel; ; left--) {
            if (left === 0) {
              more = true;
              break;
            }
            const event = reader.next();
            if (event === undefined) break;
            if (event.kind === "frontier") {
              for (const [time, diff] of event.changes) {
                own.update(time, diff);
                coming.update(time, diff);
              }
              moved = true;
              if (own.isEmpty()) {
                open.delete(reader);
                break;
              }
              continue;
            }
            const from = own.lessEqual(event.time) && held.find(({ time }) => domain.lessEqual(time, event.time));
            if (!from) throw new CaptureError(`a batch at ${show(domain, event.time)} comes behind its frontier`);
            // A run that starts from a checkpoint has it already.
            if (covered(event.time)) {
              event.batch.release();
              continue;
            }
            const right = from.delayed(event.time);
            output.session(right).giveBatch(event.batch);
            right.release();
          }
        }
        if (moved) follow();
        if (more) info.activate();
      };
    },
    "replay",
  );
}
