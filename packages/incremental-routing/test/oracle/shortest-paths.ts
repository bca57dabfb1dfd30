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

/** How one node reaches one destination. */
interface Label {
  /** In millionths. */
  distance: number;
  /** The tight arcs that lead strictly nearer. */
  tight: NaiveArc[];
}

/** All routes of a network as it is when this is made. */
export class RouteSnapshot {
  readonly #nodes: Set<string>;
  readonly #toward = new Map<string, Map<string, Label>>();

  /** @param destinations to compute; every up node when left out. */
  constructor(network: NaiveNetwork, destinations: Iterable<string> = network.nodes.keys()) {
    this.#nodes = new Set(network.nodes.keys());
    const into = new Map<string, NaiveArc[]>();
    const outOf = new Map<string, NaiveArc[]>();
    for (const arc of network.arcs()) {
      push(into, arc.to, arc);
      push(outOf, arc.from, arc);
    }
    for (const to of destinations) {
      if (network.nodes.get(to)?.up) this.#toward.set(to, labels(network, into, outOf, to));
    }
  }

  /** In original units; null when absent, down or unreachable. */
  distance(from: string, to: string): number | null {
    const label = this.#label(from, to);
    return label ? label.distance / MICRO : null;
  }

  /** Link ids, sorted by code unit; empty when unreachable. */
  nextHopLinks(from: string, to: string): string[] {
    return sorted(this.#label(from, to)?.tight.map(({ link }) => link) ?? []);
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

  #label(from: string, to: string): Label | undefined {
    return this.#toward.get(to)?.get(from);
  }

  #tight(from: string, to: string): NaiveArc[] {
    return this.#label(from, to)?.tight ?? [];
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
        const [old, now] = [earlier.nextHopLinks(from, to), later.nextHopLinks(from, to)];
        if (JSON.stringify(old) !== JSON.stringify(now)) nextHopSetsChanged++;
      }
    }
    return { pairsChanged, nextHopSetsChanged };
  }
}

/** Dijkstra from `to` against the arcs; only the destination and nodes that are not drained pass traffic on. */
function labels(
  network: NaiveNetwork,
  into: Map<string, NaiveArc[]>,
  outOf: Map<string, NaiveArc[]>,
  to: string,
): Map<string, Label> {
  const carries = (node: string) => node === to || !network.nodes.get(node)?.drained;
  const distances = new Map<string, number>();
  const queue = new Heap();
  queue.push(0, to);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [distance, node] = next;
    if (distances.has(node)) continue;
    distances.set(node, distance);
    if (!carries(node)) continue;
    for (const arc of into.get(node) ?? []) queue.push(distance + Math.round(arc.weight * MICRO), arc.from);
  }
  const result = new Map<string, Label>();
  for (const [node, distance] of distances) {
    const tight = (outOf.get(node) ?? []).filter((arc) => {
      const rest = distances.get(arc.to);
      return node !== to && carries(arc.to) && rest !== undefined && rest + Math.round(arc.weight * MICRO) === distance;
    });
    result.set(node, { distance, tight });
  }
  return result;
}

function push(arcs: Map<string, NaiveArc[]>, node: string, arc: NaiveArc): void {
  const list = arcs.get(node);
  if (list) list.push(arc);
  else arcs.set(node, [arc]);
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
