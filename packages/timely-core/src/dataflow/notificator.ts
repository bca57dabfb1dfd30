// Notifications: capabilities set aside until nothing can arrive at their time any more.
// After Naiad's NotifyAt and OnNotify (SOSP 2013, section 2.2).

import type { Frontier } from "../order/index.ts";
import type { Capability } from "./capability.ts";

/**
 * Keeps capabilities until their times have passed, that is until none of the operator's input frontiers is at or before them any
 * more, and then hands them out in the order of `domain.compare`.
 *
 * `notificatorOf(domain)` makes one. The operator must be activated when its frontiers move, as `unaryFrontier` operators are.
 */
export abstract class Notificator<T> {
  /** How many capabilities wait, those included whose time has passed. */
  abstract readonly pending: number;

  /**
   * Takes the capability over until its time has passed. Each one handed over is handed out once; those of one time one after the
   * other.
   */
  abstract notifyAt(capability: Capability<T>): void;

  /** The earliest capability whose time all of the frontiers have passed, if there is one: the caller's, to use and release. */
  abstract next(frontiers: readonly Frontier<T>[]): Capability<T> | undefined;

  /**
   * Calls `act` with each capability whose time all of the frontiers have passed, those that `act` itself asks for included, and
   * releases it afterwards: `clone()` what is to be kept.
   */
  forEach(frontiers: readonly Frontier<T>[], act: (capability: Capability<T>) => void): void {
    if (this.pending === 0) return;
    for (let capability = this.next(frontiers); capability !== undefined; capability = this.next(frontiers)) {
      act(capability);
      capability.release();
    }
  }
}
