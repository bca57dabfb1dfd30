// Optimized: steps in which no worker sends or receives more than one bin, in as few steps as there can be. The reference's
// planner by repeated maximum matchings drops moves and takes more rounds; edge colouring does neither.

import { Moves } from "../configuration/index.ts";
import { colourEdges, stableOrder } from "./edge-colouring.ts";
import { Plan } from "./plan.ts";

/**
 * Steps in which each worker gives away at most one bin and receives at most one, as few as there can be: `minimumRounds(moves)`.
 *
 * Within a step, moves keep the order given. O(moves) for a bounded number of workers; see `colourEdges` for the rest.
 */
export function optimized(moves: Moves): Plan {
  const { colours, count } = colourEdges(moves.from, moves.to);
  const order = stableOrder(undefined, colours, count);
  const starts = new Uint32Array(count + 1);
  const sorted = new Moves(new Uint32Array(order.length), new Uint32Array(order.length), new Uint32Array(order.length));
  for (let i = 0; i < order.length; i++) {
    const move = order[i] as number;
    sorted.bins[i] = moves.bins[move] as number;
    sorted.from[i] = moves.from[move] as number;
    sorted.to[i] = moves.to[move] as number;
    starts[(colours[move] as number) + 1] = i + 1;
  }
  return new Plan(sorted, starts);
}

/**
 * The least number of steps in which each worker gives away at most one bin and receives at most one: the most bins that any worker
 * gives away, or receives. O(moves).
 */
export function minimumRounds(moves: Moves): number {
  return Math.max(most(moves.from), most(moves.to));
}

function most(workers: Uint32Array): number {
  const counts = new Map<number, number>();
  let greatest = 0;
  for (let i = 0; i < workers.length; i++) {
    const worker = workers[i] as number;
    const count = (counts.get(worker) ?? 0) + 1;
    counts.set(worker, count);
    if (count > greatest) greatest = count;
  }
  return greatest;
}
