// Capabilities by time: a binary heap in the linear extension of a time domain's order.

import type { TimeDomain } from "../order/index.ts";
import type { Capability } from "./capability.ts";

/** Gives capabilities back earliest first, by `compare` of their times. Adding and taking cost O(log n). */
export class CapabilityHeap<T> {
  private readonly domain: TimeDomain<T>;
  private readonly entries: Capability<T>[] = [];

  constructor(domain: TimeDomain<T>) {
    this.domain = domain;
  }

  get length(): number {
    return this.entries.length;
  }

  /** The earliest, which stays. */
  peek(): Capability<T> | undefined {
    return this.entries[0];
  }

  push(capability: Capability<T>): void {
    const { entries, domain } = this;
    const { time } = capability;
    let at = entries.length;
    entries.push(capability);
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = entries[above] as Capability<T>;
      if (domain.compare(parent.time, time) <= 0) break;
      entries[at] = parent;
      at = above;
    }
    entries[at] = capability;
  }

  /** Takes out the earliest. */
  pop(): Capability<T> | undefined {
    const { entries } = this;
    const first = entries[0];
    const last = entries.pop();
    if (last !== undefined && entries.length > 0) this.sink(last);
    return first;
  }

  /** Puts an entry in the place of the first, and below all that are earlier. */
  private sink(capability: Capability<T>): void {
    const { entries, domain } = this;
    const { time } = capability;
    const { length } = entries;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= length) break;
      let child = entries[below] as Capability<T>;
      if (below + 1 < length && domain.compare((entries[below + 1] as Capability<T>).time, child.time) < 0) {
        below += 1;
        child = entries[below] as Capability<T>;
      }
      if (domain.compare(time, child.time) <= 0) break;
      entries[at] = child;
      at = below;
    }
    entries[at] = capability;
  }
}
