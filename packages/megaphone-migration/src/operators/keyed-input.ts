// An input of a stateful operator.

import type { Batch, HashExchange, Stream } from "@limmat/timely-core";

/** What is read, and the key by which its records find their bin. */
export interface KeyedInput<T> {
  /** The records. */
  readonly stream: Stream<T, Batch>;
  /** The hash of a record's key. */
  readonly key: HashExchange<Batch>;
}

/** Forgets the type of the records, which only user logic knows. */
export function keyedInput<T, B extends Batch>(stream: Stream<T, B>, key: HashExchange<B>): KeyedInput<T> {
  return { stream: stream as unknown as Stream<T, Batch>, key: key as unknown as HashExchange<Batch> };
}
