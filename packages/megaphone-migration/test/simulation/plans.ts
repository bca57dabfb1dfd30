// Control streams by dice: every strategy, every kind of target, steps that change nothing or move bins back, announced when due or ahead.

import type { Random } from "@limmat/timely-core/simulation";
import {
  allAtOnce,
  type BinMap,
  batched,
  type ControlRecord,
  cancelRecords,
  controlRecords,
  difference,
  fluid,
  optimized,
  rebalance,
} from "../../src/index.ts";
import type { Order, Shift } from "../oracle/keyed-machine.ts";

/** A step. */
export interface DrawnStep<T> {
  /** When it is announced. */
  readonly at: T;
  /** From when on it holds. */
  readonly time: T;
  readonly records: readonly ControlRecord[];
}

const strategies = [allAtOnce, fluid, batched(2), optimized];

/** Draws the control records of one chain of steps; `map` is where bins live before them. */
export function drawSteps<T>(
  random: Random,
  { domain, plus }: Order<T>,
  workers: number,
  map: BinMap,
  shift: () => Shift,
): DrawnStep<T>[] {
  const style = random.pick(["none", "maps", "moves", "back and forth", "plan", "plan", "mixed", "mixed"]);
  if (style === "none") return [];
  const owners = map.slice();
  const steps: ControlRecord[][] = [];
  const sequence = () => steps.length;
  const addMap = (target: BinMap): void => {
    steps.push([{ kind: "map", workers: [...target], sequence: sequence(), count: 1 }]);
    owners.set(target);
  };
  const addMoves = (): void => {
    const targets = new Map<number, number>();
    for (let i = 1 + random.below(3); i > 0; i--) {
      const bin = random.below(owners.length);
      // Some go where they are.
      targets.set(bin, random.chance(0.2) ? (owners[bin] as number) : random.below(workers));
    }
    const at = sequence();
    steps.push([...targets].map(([bin, worker]) => ({ kind: "move", bin, worker, sequence: at, count: targets.size })));
    for (const [bin, worker] of targets) owners[bin] = worker;
  };
  const addPlan = (): void => {
    const target = random.chance(0.5)
      ? owners.map(() => random.below(workers))
      : rebalance(
          owners,
          Array.from({ length: workers }, (_, worker) => worker).filter((worker) => worker === 0 || random.chance(0.7)),
        );
    for (const moves of random.pick(strategies)(difference(owners, target))) {
      if (moves.length > 0) steps.push(controlRecords(moves, sequence()));
    }
    owners.set(target);
  };
  const bin = random.below(owners.length);
  for (let i = 1 + random.below(4); i > 0; i--) {
    const kind = style === "mixed" ? random.pick(["maps", "moves", "plan"]) : style;
    if (kind === "maps") addMap(owners.map(() => random.below(workers)));
    else if (kind === "moves") addMoves();
    else if (kind === "plan") addPlan();
    else {
      const at = sequence();
      const worker = ((owners[bin] as number) + 1) % workers;
      steps.push([{ kind: "move", bin, worker, sequence: at, count: 1 }]);
      owners[bin] = worker;
    }
  }
  // Strictly ascending times; the first may be the least.
  let time = random.chance(0.3) ? domain.minimum : plus(domain.minimum, shift());
  const ahead = random.pick([0, 0, 0.5, 1]);
  let at = random.chance(0.5) ? domain.minimum : time;
  const drawn = steps.map((records, i): DrawnStep<T> => {
    if (i > 0) time = plus(plus(time, random.chance(0.6) ? [0, 0] : shift()), [1, 0]);
    if (!random.chance(ahead)) at = time;
    return { at, time, records };
  });
  return random.chance(0.3) ? [...drawn, ...drawCancels(random, drawn)] : drawn;
}

/** Cancels some of the steps, at their announcement or as late as can be. */
function drawCancels<T>(random: Random, steps: readonly DrawnStep<T>[]): DrawnStep<T>[] {
  return steps.flatMap(({ at, time }, i) => {
    if (!random.chance(0.5)) return [];
    const records = cancelRecords([i], steps.length + i);
    return [{ at: random.chance(0.5) ? at : time, time, records }];
  });
}
