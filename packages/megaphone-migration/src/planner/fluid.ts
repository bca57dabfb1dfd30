// Fluid: the lowest latency and the longest migration (Megaphone, section 4.4).

import type { Moves } from "../configuration/index.ts";
import { Plan } from "./plan.ts";

/** One move in each step, in the order given. O(moves). */
export function fluid(moves: Moves): Plan {
  return Plan.ofSteps(moves, 1);
}
