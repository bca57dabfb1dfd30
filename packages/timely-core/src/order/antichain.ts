// Sets of mutually incomparable times: frontiers. After timely dataflow's `Antichain`.

import type { TimeDomain } from "./time-domain.ts";

/** What can be asked of a frontier: a set of mutually incomparable times that stands for all times at or after one of them. */
export interface Frontier<T> {
  /** The order of its times. */
  readonly domain: TimeDomain<T>;
  /** The minimal times. Read-only: it may be the live array of a changing frontier. */
  readonly elements: readonly T[];
  /** Whether some element is less than or equal to `time`: such a time may still arrive. */
  lessEqual(time: T): boolean;
  /** Whether some element is strictly less than `time`. */
  lessThan(time: T): boolean;
  /** Whether the frontier has no element: nothing can arrive any more. */
  isEmpty(): boolean;
}

/** Whether some of `elements` is less than or equal to `time`. */
export function someLessEqual<T>(domain: TimeDomain<T>, elements: readonly T[], time: T): boolean {
  if (domain.numeric) return elements.length > 0 && (elements[0] as T) <= time;
  for (let i = 0; i < elements.length; i++) {
    if (domain.lessEqual(elements[i] as T, time)) return true;
  }
  return false;
}

/** Whether some of `elements` is strictly less than `time`. */
export function someLessThan<T>(domain: TimeDomain<T>, elements: readonly T[], time: T): boolean {
  if (domain.numeric) return elements.length > 0 && (elements[0] as T) < time;
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i] as T;
    if (domain.lessEqual(element, time) && domain.compare(element, time) !== 0) return true;
  }
  return false;
}

/** A set of mutually incomparable times. Inserting keeps only minimal elements, so the result doesn't depend on the order of insertion. */
export class Antichain<T> implements Frontier<T> {
  /** The order of its times. */
  readonly domain: TimeDomain<T>;
  readonly elements: T[] = [];

  constructor(domain: TimeDomain<T>, times: Iterable<T> = []) {
    this.domain = domain;
    for (const time of times) this.insert(time);
  }

  /** Adds `time` unless an element is at or before it; drops the elements after it. Returns whether it was added. */
  insert(time: T): boolean {
    if (this.lessEqual(time)) return false;
    let kept = 0;
    for (let i = 0; i < this.elements.length; i++) {
      const element = this.elements[i] as T;
      if (!this.domain.lessEqual(time, element)) this.elements[kept++] = element;
    }
    this.elements.length = kept;
    this.elements.push(time);
    return true;
  }

  lessEqual(time: T): boolean {
    return someLessEqual(this.domain, this.elements, time);
  }

  lessThan(time: T): boolean {
    return someLessThan(this.domain, this.elements, time);
  }

  isEmpty(): boolean {
    return this.elements.length === 0;
  }

  /** Whether every element of `other` is at or after some element of this: all that `other` stands for, this stands for too. */
  dominates(other: Frontier<T>): boolean {
    return other.elements.every((time) => this.lessEqual(time));
  }

  /** Whether both hold the same times. */
  equals(other: Frontier<T>): boolean {
    return (
      this.elements.length === other.elements.length &&
      this.elements.every((a) => other.elements.some((b) => this.domain.compare(a, b) === 0))
    );
  }

  /** A copy that doesn't change with this one. */
  clone(): Antichain<T> {
    return new Antichain(this.domain, this.elements);
  }
}
