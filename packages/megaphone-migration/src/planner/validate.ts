// The proof that a plan does what it is for: whoever has a plan from elsewhere checks it before the first step.

import type { BinMap } from "../configuration/index.ts";
import { MapLengthError, PlanError } from "../errors.ts";
import type { Plan } from "./plan.ts";

/**
 * Applies `plan` to the map `from` and throws unless every move is one, and the result is the map `to`. O(bins + moves).
 *
 * Throws `PlanError`, which names step and bin: a bin that doesn't exist or is moved twice in a step; a move from a worker that doesn't
 * have the bin, or to the one that has it; a bin that ends elsewhere than in `to`. Throws `MapLengthError` when the maps differ in length.
 */
export function validate(plan: Plan, from: BinMap, to: BinMap): void {
  if (to.length !== from.length) throw new MapLengthError(to.length, from.length);
  const map = from.slice();
  // The step that moved a bin last, plus one.
  const movedIn = new Uint32Array(map.length);
  for (let step = 0; step < plan.length; step++) {
    const moves = plan.step(step);
    for (let i = 0; i < moves.length; i++) {
      const bin = moves.bins[i] as number;
      const source = moves.from[i] as number;
      const target = moves.to[i] as number;
      if (bin >= map.length) {
        throw new PlanError(`step ${step} moves bin ${bin}: bins are 0 to ${map.length - 1}`, step, bin);
      }
      if (movedIn[bin] === step + 1) throw new PlanError(`step ${step} moves bin ${bin} twice`, step, bin);
      movedIn[bin] = step + 1;
      if (map[bin] !== source) {
        throw new PlanError(
          `step ${step} moves bin ${bin} from worker ${source}: worker ${map[bin]} has it`,
          step,
          bin,
        );
      }
      if (source === target) {
        throw new PlanError(`step ${step} moves bin ${bin} to worker ${target}, which has it already`, step, bin);
      }
      map[bin] = target;
    }
  }
  for (let bin = 0; bin < map.length; bin++) {
    if (map[bin] !== to[bin]) {
      throw new PlanError(`the plan leaves bin ${bin} on worker ${map[bin]}, not on ${to[bin]}`, undefined, bin);
    }
  }
}
