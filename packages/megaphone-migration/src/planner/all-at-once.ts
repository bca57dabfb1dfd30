// All-at-once: the shortest migration of moderate state, with the worst latency and memory (Megaphone, section 4.4).

import type { Moves } from "../configuration/index.ts";
import { Plan } from "./plan.ts";

/** Every move in one step. O(1). */
export function allAtOnce(moves: Moves): Plan {
  return Plan.ofSteps(moves, Math.max(moves.length, 1));
}
