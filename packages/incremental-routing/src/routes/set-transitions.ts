// What becomes of a next-hop set when it loses or gains a port: remembered for the epoch, because thousands of destinations
// share a set, and each of them then costs one look-up.

import type { NextHopSets } from "./next-hop-sets.ts";

const ENTRIES = 4096;

/** A direct-mapped memory of transitions between the next-hop sets of a node; a collision costs only the work again. */
export class SetTransitions {
  readonly #sets: readonly NextHopSets[];
  /** Node, set, transition, result. */
  readonly #entries = new Int32Array(4 * ENTRIES).fill(-1);
  #used = false;
  #scratch: Int32Array = new Int32Array(8);

  /** @param sets the next-hop sets by node. */
  constructor(sets: readonly NextHopSets[]) {
    this.#sets = sets;
  }

  /** The set of `node` without the port at `position`. */
  without(node: number, set: number, position: number): number {
    const at = this.#find(node, set, 2 * position);
    if (at < 0) return this.#entries[~at + 3] as number;
    const own = this.#own(node);
    return this.#keep(at, node, set, 2 * position, own.toggled(set, position, false, this.#scratch));
  }

  /** The set of `node` with the port at `position`. */
  with(node: number, set: number, position: number): number {
    const at = this.#find(node, set, 2 * position + 1);
    if (at < 0) return this.#entries[~at + 3] as number;
    const own = this.#own(node);
    return this.#keep(at, node, set, 2 * position + 1, own.toggled(set, position, true, this.#scratch));
  }

  /** The set of `node` without the positions that stand in `lost` at `offset`; a node has one such bitset an epoch. */
  withoutAll(node: number, set: number, lost: Int32Array, offset: number): number {
    const at = this.#find(node, set, -2);
    if (at < 0) return this.#entries[~at + 3] as number;
    const own = this.#own(node);
    return this.#keep(at, node, set, -2, own.without(set, lost, offset, this.#scratch));
  }

  /** Forgets everything; due whenever ids of sets may be given again. */
  clear(): void {
    if (this.#used) this.#entries.fill(-1);
    this.#used = false;
  }

  /** Where a transition is kept: the complement of it when it is there. */
  #find(node: number, set: number, transition: number): number {
    const hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(set, 0x85ebca6b) ^ Math.imul(transition, 0xc2b2ae35);
    const at = 4 * ((hash ^ (hash >>> 15)) & (ENTRIES - 1));
    const entries = this.#entries;
    return entries[at] === node && entries[at + 1] === set && entries[at + 2] === transition ? ~at : at;
  }

  #own(node: number): NextHopSets {
    const own = this.#sets[node] as NextHopSets;
    if (this.#scratch.length < own.stride) this.#scratch = new Int32Array(2 * own.stride);
    return own;
  }

  #keep(at: number, node: number, set: number, transition: number, result: number): number {
    const entries = this.#entries;
    entries[at] = node;
    entries[at + 1] = set;
    entries[at + 2] = transition;
    entries[at + 3] = result;
    this.#used = true;
    return result;
  }
}
