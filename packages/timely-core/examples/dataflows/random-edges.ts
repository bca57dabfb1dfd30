// Feeding a random graph: every worker sends its share of the edges, as columns.
import { batchFunction, Columns, type Input } from "@limmat/timely-core";
import { type Edges, edges } from "./nodes.ts";
import { RandomNumbers } from "./random-numbers.ts";

const batchRecords = 2048;

/** One worker's share of a random graph. */
export interface EdgeSource {
  /** How many of its edges are still to be sent. */
  readonly left: number;
  /** Sends the next `count`, or those that are left. */
  send(count: number): void;
}

/** Draws this worker's share of `count` edges between nodes below `nodes`. */
export function edgeSource(feed: Input<number, Edges>, nodes: number, count: number): EdgeSource {
  const { index, peers } = feed.stream.scope;
  const numbers = new RandomNumbers(index, peers);
  let left = Math.floor(count / peers) + (index < count % peers ? 1 : 0);
  let wanted = 0;
  const draw = batchFunction<typeof edges.types, typeof edges.types>(edges, (_, { from, to }, room) => {
    const n = Math.min(room, wanted);
    for (let i = 0; i < n; i++) {
      from[i] = numbers.below(nodes);
      to[i] = numbers.below(nodes);
    }
    wanted -= n;
    return n;
  });
  const blank = new Columns(edges, batchRecords, {
    from: new Uint32Array(batchRecords),
    to: new Uint32Array(batchRecords),
  });
  return {
    get left() {
      return left;
    },
    send(count) {
      wanted = Math.min(count, left);
      left -= wanted;
      while (wanted > 0) feed.sendBatch(draw(blank));
    },
  };
}
