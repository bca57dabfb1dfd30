// Moves: bins that change their worker, as columns, because a step may name a million of them. What a step of a
// configuration did, and what a step of a plan is to do, are the same thing.

import { MapLengthError, PlanError } from "../errors.ts";
import type { BinMap } from "./bin-map.ts";

/** One bin's change of worker. */
export interface Move {
  /** The bin. */
  readonly bin: number;
  /** The worker that gives it away. */
  readonly from: number;
  /** The worker that receives it. */
  readonly to: number;
}

/** Moves as three columns of equal length: move i takes `bins[i]` from worker `from[i]` to worker `to[i]`. */
export class Moves implements Iterable<Move> {
  /** The bins. */
  readonly bins: Uint32Array;
  /** The workers that give them away. */
  readonly from: Uint32Array;
  /** The workers that receive them. */
  readonly to: Uint32Array;

  /** Takes the columns without a copy. Throws `PlanError` when their lengths differ. */
  constructor(bins: Uint32Array, from: Uint32Array, to: Uint32Array) {
    if (from.length !== bins.length || to.length !== bins.length) {
      throw new PlanError(
        `columns of ${bins.length} bins, ${from.length} and ${to.length} workers: give equal lengths`,
      );
    }
    this.bins = bins;
    this.from = from;
    this.to = to;
  }

  /** The columns of `moves`, in their order. */
  static of(moves: readonly Move[]): Moves {
    return new Moves(
      Uint32Array.from(moves, (move) => move.bin),
      Uint32Array.from(moves, (move) => move.from),
      Uint32Array.from(moves, (move) => move.to),
    );
  }

  /** How many moves there are. */
  get length(): number {
    return this.bins.length;
  }

  /** The moves from index `start` up to but without `end`, sharing memory with these. */
  slice(start: number, end: number): Moves {
    return new Moves(this.bins.subarray(start, end), this.from.subarray(start, end), this.to.subarray(start, end));
  }

  /** The moves one by one, as objects: for tests and output, not for hot paths. */
  *[Symbol.iterator](): IterableIterator<Move> {
    for (let i = 0; i < this.length; i++) {
      yield { bin: this.bins[i] as number, from: this.from[i] as number, to: this.to[i] as number };
    }
  }
}

/**
 * The moves that turn one map into another: one for each bin whose worker differs, ascending by bin. O(bins).
 *
 * Throws `MapLengthError` when the maps differ in length.
 */
export function difference(from: BinMap, to: BinMap): Moves {
  if (to.length !== from.length) throw new MapLengthError(to.length, from.length);
  let length = 0;
  for (let bin = 0; bin < from.length; bin++) if (from[bin] !== to[bin]) length += 1;
  const moves = new Moves(new Uint32Array(length), new Uint32Array(length), new Uint32Array(length));
  let at = 0;
  for (let bin = 0; bin < from.length; bin++) {
    if (from[bin] === to[bin]) continue;
    moves.bins[at] = bin;
    moves.from[at] = from[bin] as number;
    moves.to[at] = to[bin] as number;
    at += 1;
  }
  return moves;
}
