// Counts, over all blocks of an epoch, how many destinations moved from which next-hop set of a node to which.

import type { NextHopSets } from "./next-hop-sets.ts";

/** Aggregated moves of an epoch; also keeps the counts of uses of the sets in step. */
export class MoveTally {
  /** How many different (node, from, to) there are. */
  size = 0;
  nodes: Int32Array = new Int32Array(256);
  froms: Int32Array = new Int32Array(256);
  tos: Int32Array = new Int32Array(256);
  destinations: Int32Array = new Int32Array(256);
  /** Open addressing: index of a move + 1. */
  #table: Int32Array = new Int32Array(1024);
  readonly #sets: readonly NextHopSets[];

  /** @param sets the next-hop sets by node. */
  constructor(sets: readonly NextHopSets[]) {
    this.#sets = sets;
  }

  /** Counts destinations that moved between two different sets of a node. */
  add(node: number, from: number, to: number, destinations: number): void {
    const own = this.#sets[node] as NextHopSets;
    own.use(to, destinations);
    own.use(from, -destinations);
    const move = this.#find(node, from, to);
    this.destinations[move] = (this.destinations[move] as number) + destinations;
  }

  /** Forgets all moves, not the uses. */
  clear(): void {
    if (this.size > 0) this.#table.fill(0);
    this.size = 0;
  }

  #find(node: number, from: number, to: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let at = slot(node, from, to) & mask;
    for (; table[at] !== 0; at = (at + 1) & mask) {
      const move = (table[at] as number) - 1;
      if (this.nodes[move] === node && this.froms[move] === from && this.tos[move] === to) return move;
    }
    const move = this.size++;
    if (move === this.nodes.length) this.#grow();
    this.nodes[move] = node;
    this.froms[move] = from;
    this.tos[move] = to;
    this.destinations[move] = 0;
    table[at] = move + 1;
    if (2 * this.size > table.length) this.#rehash();
    return move;
  }

  #rehash(): void {
    this.#table = new Int32Array(4 * this.#table.length);
    const mask = this.#table.length - 1;
    for (let move = 0; move < this.size; move++) {
      let at = slot(this.nodes[move] as number, this.froms[move] as number, this.tos[move] as number) & mask;
      while (this.#table[at] !== 0) at = (at + 1) & mask;
      this.#table[at] = move + 1;
    }
  }

  #grow(): void {
    this.nodes = doubled(this.nodes);
    this.froms = doubled(this.froms);
    this.tos = doubled(this.tos);
    this.destinations = doubled(this.destinations);
  }
}

function slot(node: number, from: number, to: number): number {
  const hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(from, 0x85ebca6b) ^ Math.imul(to, 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}

function doubled(from: Int32Array): Int32Array {
  const to = new Int32Array(2 * from.length);
  to.set(from);
  return to;
}
