// The random graph that all workers draw together, once more, for checking results outside of what is timed.
import { RandomNumbers } from "../examples/dataflows/random-numbers.ts";

/** Edges by number. */
export interface DrawnEdges {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** The first edges that each of `peers` workers draws, `count` in all, which must divide evenly. */
export function drawnEdges(nodes: number, count: number, peers: number): DrawnEdges {
  const from = new Uint32Array(count);
  const to = new Uint32Array(count);
  const each = count / peers;
  for (let worker = 0; worker < peers; worker++) {
    const numbers = new RandomNumbers(worker, peers);
    for (let i = worker * each; i < (worker + 1) * each; i++) {
      from[i] = numbers.below(nodes);
      to[i] = numbers.below(nodes);
    }
  }
  return { from, to };
}
