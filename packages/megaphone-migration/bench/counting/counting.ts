// The counting loads of the paper: how often each of many keys came, in a hash table or in an array, natively or in bins that can move.
import { Bins, type ControlRecord, initialMap } from "@limmat/megaphone-migration";
import { input, pipeline, probe, unary, type Worker } from "@limmat/timely-core";
import type { Subject, Surroundings } from "../harness/subject.ts";
import { type MovingOptions, migratableHashCount, migratableKeyCount } from "./migratable.ts";
import { nativeCount } from "./native.ts";
import { counted, KeySource, type Occurrences, occurrences } from "./records.ts";

/** A counting load. */
export interface CountingLoad extends MovingOptions {
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
export function counting(worker: Worker, load: CountingLoad, { emitted, log }: Surroundings): Subject {
  const { kind: _, state, keys, ...moving } = load;
  const { bins } = moving;
  const { feed, control, done } = worker.dataflow((scope) => {
    const feed = input(scope, occurrences);
    const control = bins === undefined ? undefined : input<ControlRecord>(scope, "control");
    const migratable = state === "hash" ? migratableHashCount : migratableKeyCount;
    const counting =
      bins === undefined || control === undefined
        ? nativeCount(state, keys)
        : migratable({ keys, bins, control: control.stream, log, moving });
    const done = feed.stream.pipe(
      counting,
      unary("emitted", pipeline, counted, () => (port) => {
        port.forEach((right, batch) => emitted(right.time, batch.length));
      }),
      probe(),
    );
    return { feed, control, done };
  });
  const source = new KeySource(keys);
  const { index, peers } = worker;
  let loaded = 0;
  let sent = 0;
  const send = (batch: Occurrences) => {
    sent += batch.length;
    feed.sendBatch(batch);
  };
  // Where bins are ranges of the low bits of keys, those of worker 1 are all odd ones.
  let passed = 1;
  return {
    probe: done,
    control,
    map: bins === undefined ? undefined : initialMap(new Bins(bins), peers),
    preload() {
      const end = Math.min(loaded + loadedAtOnce * peers, keys);
      source.each(loaded + index, end, peers, send);
      loaded = end;
      return loaded < keys;
    },
    send: (_, count) => source.random(count, send),
    ...(state === "key" && {
      pass() {
        const end = Math.min(passed + 2 * loadedAtOnce, keys);
        source.each(passed, end, 2, send);
        passed = end < keys ? end : 1;
        return passed > 1;
      },
    }),
    get time() {
      return feed.time;
    },
    advanceTo: (time) => feed.advanceTo(time),
    close: () => feed.close(),
    notes: () => ({ expected: sent }),
  };
}

/** The name of a load: `native-hash-4M`, `hash-4M-b12`. */
export function nameOf({ state, keys, bins }: CountingLoad): string {
  const domain = keys >= 1e6 ? `${keys / 1e6}M` : `${keys / 1e3}k`;
  return bins === undefined ? `native-${state}-${domain}` : `${state}-${domain}-b${bins}`;
}
