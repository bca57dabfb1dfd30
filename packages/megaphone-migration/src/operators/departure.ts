// What one step takes away from one worker: its bins, by the worker that each goes to, and the right to send them.

import type { Capability } from "@limmat/timely-core";
import type { Moves, Step } from "../configuration/index.ts";
import type { Transfer } from "./transfer.ts";

/** The bins of a step that go from here to one other worker. */
export interface Leg<T> {
  /** The worker that they go to. */
  readonly to: number;
  /** Those whose transfer has not begun, the next one last. */
  readonly bins: number[];
  /** The one under way. */
  transfer: Transfer<T> | undefined;
}

/** The bins that leave a worker by one step. */
export class Departure<T> {
  /** The step. */
  readonly step: Step<T>;
  /** The right to send state at the step's time, held until all is sent. */
  readonly capability: Capability<T>;
  /** By destination. */
  readonly legs: readonly Leg<T>[];

  /** Takes over `capability`. */
  constructor(step: Step<T>, capability: Capability<T>, worker: number) {
    this.step = step;
    this.capability = capability;
    this.legs = legsOf(step.moves, worker);
  }

  /** Whether everything was sent. */
  get isDone(): boolean {
    return this.legs.every(({ bins, transfer }) => bins.length === 0 && transfer === undefined);
  }
}

function legsOf<T>(moves: Moves, worker: number): Leg<T>[] {
  const legs = new Map<number, number[]>();
  // From the back, so that the first bin is the next one.
  for (let i = moves.length - 1; i >= 0; i--) {
    if (moves.from[i] !== worker) continue;
    const to = moves.to[i] as number;
    const bins = legs.get(to);
    if (bins === undefined) legs.set(to, [moves.bins[i] as number]);
    else bins.push(moves.bins[i] as number);
  }
  return [...legs].map(([to, bins]) => ({ to, bins, transfer: undefined }));
}
