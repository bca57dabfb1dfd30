// State by key over all times: records are applied in the order of their times. After timely dataflow's `state_machine`.

import { type Rows, rows } from "../../batch/index.ts";
import { mapState } from "../../checkpoint/map-state.ts";
import type { Session } from "../channels/output-port.ts";
import { Stash } from "../stash.ts";
import type { Stream, Through } from "../stream.ts";
import type { PlainKey } from "./aggregate.ts";
import { byKey } from "./exchange.ts";
import { unaryFrontier } from "./unary.ts";

/** What a state machine does with a record. */
export interface Machine<T, D, K extends PlainKey, S, R> {
  /** Whose state a record is for. */
  readonly key: (record: D) => K;
  /** The state of a key that has none. */
  readonly initial: (key: K) => S;
  /**
   * The state after a record, or undefined when the key is done and its state is to be forgotten. May change `state` and return it;
   * `give` sends a record at `time`, which is the input record's.
   */
  readonly step: (state: S, record: D, give: (output: R) => void, time: T) => S | undefined;
  /** The u32 hash by which keys find their workers. Default: that of `keys`. */
  readonly hash?: (key: K) => number;
}

/**
 * Brings the rows of a key together and applies them to the key's state, no record before one of an earlier time; the order of records
 * of equal or incomparable times is free. Records wait while earlier ones may still arrive. Checkpoints hold the states, which must be plain data for
 * that.
 */
export function stateMachine<T, D, K extends PlainKey, S, R>(
  machine: Machine<T, D, K, S, R>,
): Through<Stream<T, Rows<D>>, Stream<T, Rows<R>>> {
  const { key, initial, step, hash } = machine;
  return (stream) =>
    unaryFrontier<T, Rows<D>, Rows<R>>("stateMachine", byKey(key, hash), rows<R>(), (first, info) => {
      // In objects, so that a record costs one look-up.
      const states = new Map<K, { state: S }>();
      info.state(mapState(states, hash === undefined ? {} : { hash }));
      first.release();
      const early = new Stash(stream.scope.domain, (): (readonly D[])[] => []);
      let session: Session<T, Rows<R>> | undefined;
      const give = (output: R): void => session?.give(output);
      const apply = (data: readonly D[], time: T): void => {
        for (let i = 0; i < data.length; i++) {
          const record = data[i] as D;
          const name = key(record);
          const entry = states.get(name);
          const next = step(entry === undefined ? initial(name) : entry.state, record, give, time);
          if (next === undefined) states.delete(name);
          else if (entry === undefined) states.set(name, { state: next });
          else entry.state = next;
        }
      };
      return (input, output) => {
        const { frontier } = input;
        // First what has waited: where its time has passed, it comes before all that is read now.
        early.passed([frontier], (capability, waiting) => {
          session = output.session(capability);
          for (const data of waiting) apply(data, capability.time);
        });
        input.forEach((right, batch) => {
          if (frontier.lessThan(right.time)) {
            early.at(right).push(batch.retain().data);
            return;
          }
          session = output.session(right);
          apply(batch.data, right.time);
        });
      };
    })(stream);
}
