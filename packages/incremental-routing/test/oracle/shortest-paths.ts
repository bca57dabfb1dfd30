// Plain Dijkstra toward one destination at a time, over the naive network: the routes that all others must equal.
// Weights are taken as whole millionths, so sums are exact for weights of up to six decimals.

import type { NaiveArc, NaiveNetwork } from "./naive-network.ts";

const MICRO = 1_000_000;

/** What replay answers about one pair (routing rule 6). */
export interface Answer {
  distance: number | null;
  /** Node ids, sorted by code unit. */
  nextHops: string[];
  path: string[] | null;
  links: string[] | null;
  pathCount: string;
}

/** All routes of a network as it is when this is made. */
export class RouteSnapshot {
  readonly #nodes: Set<string>;
  readonly #drained: Set<string>;
  readonly #into = new Map<string, NaiveArc[]>();
  readonly #outOf = new Map<string, NaiveArc[]>();
  /** By destination: how far each node is that reaches it, in millionths. */
  readonly #toward = new Map<string, Map<string, number>>();

  /** @param destinations to compute; all nodes when left out. */
  constructor(network: NaiveNetwork, destinations: Iterable<string> = network.nodes.keys()) {
    this.#nodes = new Set(network.nodes.keys());
    this.#drained = new Set([...network.nodes].filter(([, { drained }]) => drained).map(([id]) => id));
    for (const arc of network.arcs()) {
      const exact = { ...arc, weight: Math.round(arc.weight * MICRO) };
      push(this.#into, arc.to, exact);
      push(this.#outOf, arc.from, exact);
    }
    for (const to of destinations) if (network.nodes.get(to)?.up) this.#toward.set(to, this.#dijkstra(to));
  }

  /** In original units; null when absent, down or unreachable. */
  distance(from: string, to: string): number | null {
    const distance = this.#toward.get(to)?.get(from);
    return distance === undefined ? null : distance / MICRO;
  }

  /** Link ids, sorted by code unit; empty when unreachable. */
  nextHopLinks(from: string, to: string): string[] {
    return sorted(this.#tight(from, to).map(({ link }) => link));
  }

  answer(from: string, to: string): Answer {
    const distance = this.distance(from, to);
    if (distance === null) return { distance, nextHops: [], path: null, links: null, pathCount: "0" };
    const path = [from];
    const links: string[] = [];
    for (let node = from; node !== to; ) {
      const best = this.#tight(node, to).reduce((a, b) => (before(b, a) ? b : a));
      path.push(best.to);
      links.push(best.link);
      node = best.to;
    }
    const nextHops = sorted([...new Set(this.#tight(from, to).map((arc) => arc.to))]);
    return { distance, nextHops, path, links, pathCount: String(this.#pathCount(from, to, new Map())) };
  }

  /** Counts of ordered pairs of different nodes that differ between two snapshots (routing rule 6). */
  static compare(earlier: RouteSnapshot, later: RouteSnapshot): { pairsChanged: number; nextHopSetsChanged: number } {
    let pairsChanged = 0;
    let nextHopSetsChanged = 0;
    const nodes = new Set([...earlier.#nodes, ...later.#nodes]);
    for (const to of nodes) {
      for (const from of nodes) {
        if (from === to) continue;
        if (earlier.distance(from, to) !== later.distance(from, to)) pairsChanged++;
        if (!equal(earlier.nextHopLinks(from, to), later.nextHopLinks(from, to))) nextHopSetsChanged++;
      }
    }
    return { pairsChanged, nextHopSetsChanged };
  }

  /** From `to` against the arcs; only the destination and nodes that are not drained pass traffic on. */
  #dijkstra(to: string): Map<string, number> {
    const distances = new Map<string, number>();
    const queue = new Heap();
    queue.push(0, to);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [distance, node] = next;
      if (distances.has(node)) continue;
      distances.set(node, distance);
      if (!this.#carries(node, to)) continue;
      for (const arc of this.#into.get(node) ?? []) {
        if (!distances.has(arc.from)) queue.push(distance + arc.weight, arc.from);
      }
    }
    return distances;
  }

  #carries(node: string, to: string): boolean {
    return node === to || !this.#drained.has(node);
  }

  /** The arcs from a node that lie on its shortest paths. */
  #tight(from: string, to: string): NaiveArc[] {
    const distances = this.#toward.get(to);
    const distance = distances?.get(from);
    if (distances === undefined || distance === undefined || from === to) return [];
    return (this.#outOf.get(from) ?? []).filter((arc) => {
      const rest = distances.get(arc.to);
      return rest !== undefined && rest + arc.weight === distance && this.#carries(arc.to, to);
    });
  }

  #pathCount(from: string, to: string, known: Map<string, bigint>): bigint {
    if (from === to) return 1n;
    let count = known.get(from);
    if (count === undefined) {
      count = 0n;
      for (const arc of this.#tight(from, to)) count += this.#pathCount(arc.to, to, known);
      known.set(from, count);
    }
    return count;
  }
}

function push(arcs: Map<string, NaiveArc[]>, node: string, arc: NaiveArc): void {
  const list = arcs.get(node);
  if (list) list.push(arc);
  else arcs.set(node, [arc]);
}

function equal(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/** Whether path prefers `a` to `b`: smaller node id, then smaller link id, by code unit. */
function before(a: NaiveArc, b: NaiveArc): boolean {
  return a.to < b.to || (a.to === b.to && a.link < b.link);
}

function sorted(ids: string[]): string[] {
  return ids.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A binary heap of (distance, node), least distance first. */
class Heap {
  readonly #entries: [number, string][] = [];

  push(distance: number, node: string): void {
    const entries = this.#entries;
    let at = entries.push([distance, node]) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (entries[parent]![0] <= entries[at]![0]) break;
      [entries[parent], entries[at]] = [entries[at]!, entries[parent]!];
      at = parent;
    }
  }

  pop(): [number, string] | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (top === undefined || last === undefined || entries.length === 0) return top;
    entries[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < entries.length && entries[child]![0] < entries[least]![0]) least = child;
      }
      if (least === at) return top;
      [entries[at], entries[least]] = [entries[least]!, entries[at]!];
      at = least;
    }
  }
}
