// The native counting operator: plain exchange, one table for each worker, and records applied in the order of their times, as the
// migratable one applies them: once nothing earlier can arrive.
import {
  batchFunction,
  byColumns,
  byHash,
  type Capability,
  type HashExchange,
  type Stream,
  type Through,
  unaryFrontier,
} from "@limmat/timely-core";
import { DenseCounts, type FlatCounts, HashCounts } from "./flat-counts.ts";
import { type Counted, counted, type Occurrences, occurrences } from "./records.ts";

/** Divides keys by themselves, as the reference's native programs do. */
const byKeyItself: HashExchange<Occurrences> = byHash(({ columns: { key } }, hashes, n) =>
  hashes.set(key.subarray(0, n)),
);

/** What came early: a batch, and the right to answer it at its time. */
interface Held {
  readonly batch: Occurrences;
  readonly capability: Capability<number>;
}

/** Counts keys below `keys`, in a hash table or in an array. */
export function nativeCount(
  state: "hash" | "key",
  keys: number,
): Through<Stream<number, Occurrences>, Stream<number, Counted>> {
  const pact = state === "hash" ? byColumns(occurrences, "key") : byKeyItself;
  return unaryFrontier("count", pact, counted, (capability, { peers }) => {
    capability.release();
    const counts: FlatCounts = state === "hash" ? new HashCounts(keys / peers) : new DenseCounts(keys, peers);
    const count = batchFunction(counted, (input: Occurrences["columns"], output, n) => {
      output.key.set(input.key.subarray(0, n));
      counts.count(input.key, n, output.count);
      return n;
    });
    /** Ascending by time; those of equal times as they came. */
    const held: Held[] = [];
    return (port, output) => {
      const frontier = port.frontier.elements[0] ?? Number.POSITIVE_INFINITY;
      let passed = 0;
      while (passed < held.length && (held[passed] as Held).capability.time <= frontier) {
        const { batch, capability } = held[passed] as Held;
        output.session(capability).giveBatch(count(batch));
        batch.release();
        capability.release();
        passed += 1;
      }
      if (passed > 0) held.splice(0, passed);
      port.forEach((right, batch) => {
        if (right.time <= frontier) {
          output.session(right).giveBatch(count(batch));
          return;
        }
        let at = held.length;
        while (at > 0 && (held[at - 1] as Held).capability.time > right.time) at -= 1;
        held.splice(at, 0, { batch: batch.retain(), capability: right.retain() });
      });
    };
  });
}
