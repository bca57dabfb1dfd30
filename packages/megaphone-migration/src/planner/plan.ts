// A plan: in which steps to make the moves from one map to another. Each step gets a control time of its own, and is issued
// when the one before it is complete (Megaphone, section 4.4).

import type { Moves } from "../configuration/index.ts";
import { PlanError } from "../errors.ts";

/** A sequence of steps, each a set of moves. Steps are ranges of one set of columns, so that a million of them cost little. */
export class Plan implements Iterable<Moves> {
  /** The moves of all steps, step by step. */
  readonly moves: Moves;
  // Step i is made of the moves from starts[i] up to but without starts[i + 1].
  private readonly starts: Uint32Array;

  /**
   * Cuts `moves` into steps: step i is made of those from `starts[i]` up to but without `starts[i + 1]`, so that there is one step less
   * than starts. Throws `PlanError` unless the starts ascend strictly from 0 to the number of moves.
   */
  constructor(moves: Moves, starts: Uint32Array) {
    let ascending = starts.length > 0 && starts[0] === 0 && starts[starts.length - 1] === moves.length;
    for (let i = 1; i < starts.length; i++) ascending &&= (starts[i - 1] as number) < (starts[i] as number);
    if (!ascending) throw new PlanError(`starts of steps must ascend strictly from 0 to ${moves.length}`);
    this.moves = moves;
    this.starts = starts;
  }

  /** A plan of steps of `size` moves, the last one of fewer, in the order of `moves`. */
  static ofSteps(moves: Moves, size: number): Plan {
    const steps = Math.ceil(moves.length / size);
    const starts = Uint32Array.from({ length: steps + 1 }, (_, step) => Math.min(step * size, moves.length));
    return new Plan(moves, starts);
  }

  /** How many steps there are. */
  get length(): number {
    return this.starts.length - 1;
  }

  /** The moves of step `i`, sharing memory with the plan. Throws `PlanError` unless there is such a step. */
  step(i: number): Moves {
    const start = this.starts[i];
    const end = this.starts[i + 1];
    if (start === undefined || end === undefined)
      throw new PlanError(`no step ${i}: steps are 0 to ${this.length - 1}`);
    return this.moves.slice(start, end);
  }

  /** The steps in order. */
  *[Symbol.iterator](): IterableIterator<Moves> {
    for (let i = 0; i < this.length; i++) yield this.step(i);
  }
}

/** A way to cut moves into steps. Every move is in exactly one step. */
export type Strategy = (moves: Moves) => Plan;
