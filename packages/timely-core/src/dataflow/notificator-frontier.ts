// Notifications at times of any partial order. After timely dataflow's `FrontierNotificator`.

import type { Frontier, TimeDomain } from "../order/index.ts";
import type { Capability } from "./capability.ts";
import { CapabilityHeap } from "./capability-heap.ts";
import { Notificator } from "./notificator.ts";

/**
 * A notificator for partially ordered times. What waits is looked at once per movement of a frontier, so a movement costs
 * O(waiting · elements of the frontiers); handing one out costs O(log n).
 */
export class FrontierNotificator<T> extends Notificator<T> {
  private readonly due: CapabilityHeap<T>;
  private readonly waiting: Capability<T>[] = [];
  /** How many of those that wait were found to be held up by the frontiers in `seen`. */
  private checked = 0;
  /** The elements of the frontiers as they were last. */
  private readonly seen: T[] = [];

  /** A notificator for capabilities with times of `domain`. */
  constructor(domain: TimeDomain<T>) {
    super();
    this.due = new CapabilityHeap(domain);
  }

  override get pending(): number {
    return this.waiting.length + this.due.length;
  }

  override notifyAt(capability: Capability<T>): void {
    this.waiting.push(capability);
  }

  override next(frontiers: readonly Frontier<T>[]): Capability<T> | undefined {
    if (this.moved(frontiers)) this.checked = 0;
    if (this.checked < this.waiting.length) this.sift(frontiers);
    return this.due.pop();
  }

  /** Moves those whose time has passed to the heap. */
  private sift(frontiers: readonly Frontier<T>[]): void {
    const { waiting, due } = this;
    let kept = this.checked;
    for (let i = kept; i < waiting.length; i++) {
      const capability = waiting[i] as Capability<T>;
      if (someLessEqual(frontiers, capability.time)) waiting[kept++] = capability;
      else due.push(capability);
    }
    waiting.length = kept;
    this.checked = kept;
  }

  /** Whether the frontiers have other elements than at the last call. Equal times that are other objects count as others. */
  private moved(frontiers: readonly Frontier<T>[]): boolean {
    const { seen } = this;
    let moved = false;
    let at = 0;
    for (let f = 0; f < frontiers.length; f++) {
      const { elements } = frontiers[f] as Frontier<T>;
      for (let i = 0; i < elements.length; i++, at++) {
        const element = elements[i] as T;
        if (at < seen.length && seen[at] === element) continue;
        seen[at] = element;
        moved = true;
      }
    }
    if (seen.length === at) return moved;
    seen.length = at;
    return true;
  }
}

function someLessEqual<T>(frontiers: readonly Frontier<T>[], time: T): boolean {
  for (let f = 0; f < frontiers.length; f++) if ((frontiers[f] as Frontier<T>).lessEqual(time)) return true;
  return false;
}
