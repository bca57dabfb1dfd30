// Batched: a compromise of all-at-once and fluid (Megaphone, section 4.4).

import type { Moves } from "../configuration/index.ts";
import { PlanParameterError } from "../errors.ts";
import { Plan, type Strategy } from "./plan.ts";

/**
 * The strategy of `size` moves in each step, the last one of fewer, in the order given. O(moves).
 *
 * Throws `PlanParameterError` unless `size` is an integer of at least 1.
 */
export function batched(size: number): Strategy {
  if (!Number.isSafeInteger(size) || size < 1) throw new PlanParameterError("size", size, "an integer of at least 1");
  return (moves: Moves) => Plan.ofSteps(moves, size);
}
