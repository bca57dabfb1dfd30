// Several capabilities of one output that together allow what a frontier of times allows. After timely dataflow's `CapabilitySet`.

import type { Capability } from "./capability.ts";

/**
 * Capabilities of one output at mutually incomparable times: where times are partially ordered, one alone often can't say what an operator
 * may still send.
 */
export class CapabilitySet<T> {
  private held: Capability<T>[];
  /** Knows the order of times, and what to say when the set is empty. */
  private readonly first: Capability<T>;

  /** A set of one capability, which it takes over. */
  constructor(capability: Capability<T>) {
    this.first = capability;
    this.held = capability.live ? [capability] : [];
  }

  /** The times of the capabilities. */
  get times(): readonly T[] {
    return this.held.map(({ time }) => time);
  }

  /** Whether nothing can be sent by this any more. */
  get isEmpty(): boolean {
    return this.held.length === 0;
  }

  /** Takes a capability over; releases it, or those in the set, where the others allow as much. */
  insert(capability: Capability<T>): void {
    const { domain } = this.first;
    if (this.held.some(({ time }) => domain.lessEqual(time, capability.time))) {
      capability.release();
      return;
    }
    this.keep([capability], (time) => !domain.lessEqual(capability.time, time));
  }

  /** A capability for a time at or after one of the set's; throws `CapabilityError` when there is none before it. */
  delayed(time: T): Capability<T> {
    const { domain } = this.first;
    const right = this.held.find((each) => domain.lessEqual(each.time, time)) ?? this.held[0] ?? this.first;
    return right.delayed(time);
  }

  /**
   * Moves the set to exactly these times, which should be mutually incomparable: a frontier's elements, for example. Throws
   * `CapabilityError`, and changes nothing, when one of them is not at or after a time of the set.
   */
  downgrade(times: readonly T[]): void {
    const moved: Capability<T>[] = [];
    try {
      for (const time of times) moved.push(this.delayed(time));
    } catch (error) {
      for (const capability of moved) capability.release();
      throw error;
    }
    this.keep(moved, () => false);
  }

  /** Gives all of them up. */
  release(): void {
    this.keep([], () => false);
  }

  /** Releases all: for `using`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** New ones first, so that at no moment less is held than at the end. */
  private keep(added: readonly Capability<T>[], stays: (time: T) => boolean): void {
    const before = this.held;
    this.held = [...before.filter(({ time }) => stays(time)), ...added];
    for (const capability of before) if (!stays(capability.time)) capability.release();
  }
}
