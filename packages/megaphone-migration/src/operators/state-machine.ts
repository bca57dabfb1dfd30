// State by key over all times, in bins that move. After Megaphone's `stateful_state_machine`, in the shape of timely-core's `stateMachine`.

import {
  byKey,
  keys,
  type Machine,
  type PlainKey,
  type Rows,
  rows,
  type Stream,
  type Through,
} from "@limmat/timely-core";
import { mapStore } from "../stores/index.ts";
import type { StatefulOptions } from "./options.ts";
import { statefulUnary } from "./stateful-unary.ts";

/**
 * Brings the rows of a key together and applies them to the key's state, no record before one of an earlier time, wherever the state
 * lives at that time. States are plain data.
 */
export function stateMachine<T, D, K extends PlainKey, S, R>(
  name: string,
  machine: Machine<T, D, K, S, R>,
  options: StatefulOptions<T>,
): Through<Stream<T, Rows<D>>, Stream<T, Rows<R>>> {
  const { key, initial, step } = machine;
  const hash = machine.hash ?? ((of: K) => keys.hash(of));
  return statefulUnary<T, Rows<D>, Rows<R>>(name, { ...options, key: byKey(key, hash) }, rows<R>(), () => {
    // In objects, so that a state may be anything, undefined too.
    const store = mapStore<K, { state: S }>({ hash });
    return {
      store,
      fold(moment, { data }) {
        const { time } = moment;
        const give = (output: R): void => moment.give(output);
        for (let i = 0; i < data.length; i++) {
          const record = data[i] as D;
          const of = key(record);
          const entry = store.get(of);
          const next = step(entry === undefined ? initial(of) : entry.state, record, give, time);
          if (next === undefined) store.delete(of);
          else if (entry === undefined) store.set(of, { state: next });
          else entry.state = next;
        }
      },
    };
  });
}
