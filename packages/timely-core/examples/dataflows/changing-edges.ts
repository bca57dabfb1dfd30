// Feeding a random graph whose edges are replaced: the oldest goes for each that comes.
import { batchFunction, Columns, type Input } from "@limmat/timely-core";
import { type EdgeChanges, edgeChanges } from "./nodes.ts";
import { RandomNumbers } from "./random-numbers.ts";

const batchRecords = 2048;

/** One worker's share of a random graph that changes. */
export interface ChangeSource {
  /** Sends the next `count` edges. */
  insert(count: number): void;
  /** Sends the next edge, and the removal of the oldest. */
  replace(): void;
}

/** Draws this worker's edges between nodes below `nodes`. */
export function changeSource(feed: Input<number, EdgeChanges>, nodes: number): ChangeSource {
  const { index, peers } = feed.stream.scope;
  const coming = new RandomNumbers(index, peers);
  const going = new RandomNumbers(index, peers);
  const draw = batchFunction<typeof edgeChanges.types, typeof edgeChanges.types>(
    edgeChanges,
    (_, { from, to, diff }, n) => {
      for (let i = 0; i < n; i++) {
        from[i] = coming.below(nodes);
        to[i] = coming.below(nodes);
        diff[i] = 1;
      }
      return n;
    },
  );
  return {
    insert(count) {
      for (let left = count; left > 0; left -= batchRecords) {
        const n = Math.min(left, batchRecords);
        feed.sendBatch(draw(new Columns(edgeChanges, n, { from: none, to: none, diff: nothing })));
      }
    },
    replace() {
      feed.send({ from: coming.below(nodes), to: coming.below(nodes), diff: 1 });
      feed.send({ from: going.below(nodes), to: going.below(nodes), diff: -1 });
    },
  };
}

// A batch that only has a length.
const none = new Uint32Array(batchRecords);
const nothing = new Int32Array(batchRecords);
