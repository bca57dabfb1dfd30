// A single-threaded interpreter of keyed state machines with post-dated work (Megaphone, section 3): takes whatever is first in time, until
// nothing is left. Any order of times will do.

import type { TimeDomain } from "@limmat/timely-core";
import { binOf } from "../../src/index.ts";

/** How far a time is moved, in each of two directions. */
export type Shift = readonly [right: number, up: number];

/** An order of times, and ways to go on in it. */
export interface Order<T> {
  readonly domain: TimeDomain<T>;
  plus(time: T, shift: Shift): T;
  /** How far a loop's way round advances times, and its summary. */
  readonly round: Shift;
  readonly summary: unknown;
}

/** What is applied to a key. */
export interface Item {
  readonly key: number;
  readonly value: number;
  /** How much later it is to come back as due, and then again. */
  readonly after: readonly Shift[];
  /** How often it still goes round a loop. */
  readonly rounds: number;
  /** Whether it was post-dated. */
  readonly due: boolean;
}

/** What was applied to a key. */
export interface Entry<T> {
  readonly time: T;
  readonly value: number;
  readonly due: boolean;
}

/** What comes out: each value that came, and for each that was due the sum of what was before it. */
export type Out = { readonly key: number; readonly value: number; readonly due: boolean };

/** All outputs, and the time and bin of every application. */
export interface Interpreted<T> {
  readonly outputs: (readonly [T, Out])[];
  readonly applications: (readonly [T, number])[];
}

/** The sum at a time when everything not due is complete: what is due then doesn't count, because it has no order. */
export function sumAt<T>(domain: TimeDomain<T>, entries: readonly Entry<T>[], time: T): number {
  let sum = 0;
  for (const entry of entries) {
    if (!domain.lessEqual(entry.time, time)) continue;
    if (!entry.due || domain.compare(entry.time, time) !== 0) sum += entry.value;
  }
  return sum;
}

/** Interprets items fed at their times. */
export function interpret<T>(
  { domain, plus, round }: Order<T>,
  bits: number,
  hash: (key: number) => number,
  fed: readonly (readonly [T, Item])[],
): Interpreted<T> {
  const states = new Map<number, Entry<T>[]>();
  const left = fed.map(([time, item]) => ({ time, item }));
  const result: Interpreted<T> = { outputs: [], applications: [] };
  while (left.length > 0) {
    let first = 0;
    for (let i = 1; i < left.length; i++) {
      const [a, b] = [left[i], left[first]] as [(typeof left)[0], (typeof left)[0]];
      const order = domain.compare(a.time, b.time) || Number(a.item.due) - Number(b.item.due);
      if (order < 0) first = i;
    }
    const [{ time, item }] = left.splice(first, 1) as [(typeof left)[0]];
    const { key, value, after, rounds, due } = item;
    const entries = states.get(key) ?? [];
    states.set(key, entries);
    result.applications.push([time, binOf(hash(key), bits)]);
    result.outputs.push([time, { key, value: due ? sumAt(domain, entries, time) : value, due }]);
    entries.push({ time, value, due });
    const [next, ...rest] = after;
    if (next !== undefined) left.push({ time: plus(time, next), item: { ...item, after: rest, rounds: 0, due: true } });
    if (rounds > 0)
      left.push({ time: plus(time, round), item: { ...item, after: [], rounds: rounds - 1, due: false } });
  }
  return result;
}
