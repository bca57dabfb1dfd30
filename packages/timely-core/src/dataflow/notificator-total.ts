// Notifications at totally ordered times: while the earliest is held up, so are all others.

import type { Frontier, TimeDomain } from "../order/index.ts";
import type { Capability } from "./capability.ts";
import { CapabilityHeap } from "./capability-heap.ts";
import { Notificator } from "./notificator.ts";

/** A notificator for totally ordered times: a priority queue. Each capability costs O(log n), however often frontiers move. */
export class TotalOrderNotificator<T> extends Notificator<T> {
  private readonly waiting: CapabilityHeap<T>;

  /** A notificator for capabilities with times of `domain`, whose order must be total. */
  constructor(domain: TimeDomain<T>) {
    super();
    if (!domain.total) throw new TypeError(`${domain.name} times are not totally ordered: use a FrontierNotificator`);
    this.waiting = new CapabilityHeap(domain);
  }

  override get pending(): number {
    return this.waiting.length;
  }

  override notifyAt(capability: Capability<T>): void {
    this.waiting.push(capability);
  }

  override next(frontiers: readonly Frontier<T>[]): Capability<T> | undefined {
    const first = this.waiting.peek();
    if (first === undefined) return undefined;
    for (let f = 0; f < frontiers.length; f++) {
      if ((frontiers[f] as Frontier<T>).lessEqual(first.time)) return undefined;
    }
    return this.waiting.pop();
  }
}
