// State by time, kept with the right to answer at that time until the frontier has passed it: Naiad's notifications.

import type { Capability, Frontier, InputCapability, TimeDomain, TimeKey } from "../../../src/index.ts";

/** A value a time. */
export class Stash<T, V> {
  private readonly domain: TimeDomain<T>;
  private readonly make: () => V;
  private readonly entries = new Map<TimeKey, { readonly capability: Capability<T>; value: V }>();

  constructor(domain: TimeDomain<T>, make: () => V) {
    this.domain = domain;
    this.make = make;
  }

  /** The value of a time (by default that of the batch), which is made and given a capability when it is new. */
  at(right: InputCapability<T>, time = right.time): V {
    const key = this.domain.key(time);
    let entry = this.entries.get(key);
    if (entry === undefined) {
      entry = { capability: right.delayed(time), value: this.make() };
      this.entries.set(key, entry);
    }
    return entry.value;
  }

  /** Takes out every time that can't arrive any more, earlier times first, and gives its right up after `act`. */
  passed(frontiers: readonly Frontier<T>[], act: (capability: Capability<T>, value: V) => void): void {
    const due = [...this.entries].filter(([, { capability }]) =>
      frontiers.every((frontier) => !frontier.lessEqual(capability.time)),
    );
    due.sort(([, a], [, b]) => this.domain.compare(a.capability.time, b.capability.time));
    for (const [key, { capability, value }] of due) {
      this.entries.delete(key);
      act(capability, value);
      capability.release();
    }
  }
}
