// The counting loads of the paper: how often each of many keys came, in a hash table or in an array, natively or in bins that can move.
import { input, pipeline, probe, unary, type Worker } from "@limmat/timely-core";
import type { Subject, Surroundings } from "../harness/subject.ts";
import { nativeCount } from "./native.ts";
import { counted, KeySource, occurrences } from "./records.ts";

/** A counting load. */
export interface CountingLoad {
  readonly kind: "counting";
  /** Counts in a hash table or in an array: the paper's hash count and key count. */
  readonly state: "hash" | "key";
  /** Keys, all of which are there from the start. */
  readonly keys: number;
  /** How many bits of the hash name a bin; without it the operator is the native one. */
  readonly bins?: number;
}

/** Keys that a worker loads at a time. */
const loadedAtOnce = 2 ** 16;

/** Builds the load on this worker. */
export function counting(worker: Worker, { state, keys }: CountingLoad, { emitted }: Surroundings): Subject {
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input(scope, occurrences);
    const done = feed.stream.pipe(
      nativeCount(state, keys),
      unary("emitted", pipeline, counted, () => (port) => {
        port.forEach((right, batch) => emitted(right.time, batch.length));
      }),
      probe(),
    );
    return { feed, done };
  });
  const source = new KeySource(keys);
  const { index, peers } = worker;
  let loaded = 0;
  return {
    probe: done,
    control: undefined,
    map: undefined,
    preload() {
      const end = Math.min(loaded + loadedAtOnce * peers, keys);
      source.each(loaded + index, end, peers, (batch) => feed.sendBatch(batch));
      loaded = end;
      return loaded < keys;
    },
    send: (_, count) => source.random(count, (batch) => feed.sendBatch(batch)),
    advanceTo: (time) => feed.advanceTo(time),
    close: () => feed.close(),
  };
}
