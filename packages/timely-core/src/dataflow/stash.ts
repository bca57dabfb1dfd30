// State by time, kept with the right to answer at that time until the time has passed: what most operators that act on frontiers need.

import type { Frontier, TimeDomain, TimeKey } from "../order/index.ts";
import type { Capability } from "./capability.ts";
import type { InputCapability } from "./channels/input-port.ts";
import type { Notificator } from "./notificator.ts";
import { notificatorOf } from "./notificator-of.ts";

/** One value for each time that has not passed, and a capability with it. */
export class Stash<T, V> {
  private readonly domain: TimeDomain<T>;
  private readonly make: (time: T) => V;
  private readonly notificator: Notificator<T>;
  private readonly values = new Map<TimeKey, { readonly time: T; readonly value: V }>();
  // Batches of one time mostly come together: the time that was asked for last, and its value if there is one.
  private lastTime: T;
  private lastValue: V | undefined;

  /** A stash for times of `domain`, where `make` makes the value of a time that is new. */
  constructor(domain: TimeDomain<T>, make: (time: T) => V) {
    this.domain = domain;
    this.make = make;
    this.lastTime = domain.minimum;
    this.notificator = notificatorOf(domain);
  }

  /** How many times have a value. */
  get size(): number {
    return this.values.size;
  }

  /**
   * The value of a time: that of the batch that is being read, or a later one. A new one is made and given a capability for the
   * operator's first output; throws `CapabilityError` where `right` does not allow that.
   */
  at(right: InputCapability<T> | Capability<T>, time: T = right.time): V {
    if (this.lastTime === time && this.lastValue !== undefined) return this.lastValue;
    const key = this.domain.key(time);
    let entry = this.values.get(key);
    if (entry === undefined) {
      this.notificator.notifyAt(right.delayed(time));
      entry = { time, value: this.make(time) };
      this.values.set(key, entry);
    }
    this.lastTime = time;
    this.lastValue = entry.value;
    return entry.value;
  }

  /**
   * Calls `act` with each value whose time all of the frontiers have passed, in the order of `compare`, and forgets it. The
   * capability, which is at the time, is released afterwards.
   */
  passed(frontiers: readonly Frontier<T>[], act: (capability: Capability<T>, value: V) => void): void {
    this.notificator.forEach(frontiers, (capability) => {
      const key = this.domain.key(capability.time);
      const { value } = this.values.get(key) as { readonly value: V };
      this.values.delete(key);
      this.lastValue = undefined;
      act(capability, value);
    });
  }

  /** Calls `visit` with each time that has a value, in the order in which they came. */
  forEach(visit: (time: T, value: V) => void): void {
    for (const { time, value } of this.values.values()) visit(time, value);
  }
}
