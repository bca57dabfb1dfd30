// Jellyfish (Singla et al., NSDI 2012): switches joined by a random regular graph, by their construction of random joins.

import type { LinkSpec, Topology } from "../network/index.ts";
import { checkInteger, checkSize, GeneratorError } from "./generator-error.ts";
import { onCircle } from "./layout.ts";
import { Random } from "./random.ts";

/** Size of a Jellyfish network. */
export interface JellyfishOptions {
  /** Number of switches. */
  readonly switches: number;
  /** Ports of a switch. */
  readonly ports: number;
  /** How many of them lead to other switches; the others lead to servers. */
  readonly networkPorts: number;
  /** Integer from 0 on; equal options give equal networks. */
  readonly seed: number;
}

/** How often a construction that came to nothing, or to several islands, is begun again. */
const ATTEMPTS = 100;

/**
 * A connected random graph without parallel links in which every switch has `networkPorts` links of weight 1 (one switch
 * has one fewer when switches × networkPorts is odd).
 *
 * @throws GeneratorError when the numbers allow no such graph, none was found, or it is too large.
 */
export function jellyfish(options: JellyfishOptions): Topology {
  const switches = checkInteger("switches", options.switches, 1);
  const ports = checkInteger("ports", options.ports, 1);
  const networkPorts = checkInteger("networkPorts", options.networkPorts, 0);
  const seed = checkInteger("seed", options.seed, 0);
  if (networkPorts > ports || networkPorts >= switches) {
    throw new GeneratorError(
      "BAD_PARAMETER",
      "networkPorts",
      `networkPorts is ${networkPorts}; it must be at most ports (${ports}) and less than switches (${switches})`,
    );
  }
  checkSize("switches", switches, (switches * networkPorts) / 2);
  const random = new Random(seed);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const graph = randomRegularGraph(switches, networkPorts, random);
    if (graph !== undefined && isConnected(graph)) return topologyOf(graph, ports);
  }
  throw new GeneratorError(
    "BAD_PARAMETER",
    "networkPorts",
    `no connected graph of ${switches} switches with ${networkPorts} links each was found in ${ATTEMPTS} attempts`,
  );
}

/** Neighbours by switch. */
type Graph = Set<number>[];

/** One random construction; undefined when it got stuck. */
function randomRegularGraph(switches: number, degree: number, random: Random): Graph | undefined {
  const graph: Graph = Array.from({ length: switches }, () => new Set());
  /** The switches with free ports, in no order. */
  const open: number[] = degree === 0 ? [] : Array.from({ length: switches }, (_, i) => i);
  const close = (): void => {
    for (let i = open.length - 1; i >= 0; i--) {
      if ((graph[open[i] as number] as Set<number>).size < degree) continue;
      open[i] = open.at(-1) as number;
      open.pop();
    }
  };
  let failures = 0;
  while (open.length > 0) {
    const [p, q] = [open[random.below(open.length)] as number, open[random.below(open.length)] as number];
    if (p !== q && !has(graph, p, q)) {
      join(graph, p, q);
      failures = 0;
      if ((graph[p] as Set<number>).size === degree || (graph[q] as Set<number>).size === degree) close();
      continue;
    }
    // A few misses are chance; many, with few open switches, mean that these are joined already.
    if (++failures < 4 * open.length) continue;
    if (open.some((a) => open.some((b) => a !== b && !has(graph, a, b)))) continue;
    if (open.length === 1 && (graph[p] as Set<number>).size === degree - 1) return graph;
    if (!splice(graph, p, spliceEnd(graph, open, p, degree), random)) return undefined;
    failures = 0;
    close();
  }
  return graph;
}

/** The other open switch that shares a splice with `p`: itself when it has two free ports. */
function spliceEnd(graph: Graph, open: readonly number[], p: number, degree: number): number {
  if ((graph[p] as Set<number>).size <= degree - 2) return p;
  return open.find((other) => other !== p) as number;
}

/** Replaces a random link x-y by p-x and q-y; false when no link would do. */
function splice(graph: Graph, p: number, q: number, random: Random): boolean {
  const candidates: [number, number][] = [];
  graph.forEach((neighbours, x) => {
    if (x === p || x === q || has(graph, p, x)) return;
    for (const y of neighbours) {
      if (y !== p && y !== q && !has(graph, q, y)) candidates.push([x, y]);
    }
  });
  const chosen = candidates[random.below(Math.max(1, candidates.length))];
  if (chosen === undefined) return false;
  const [x, y] = chosen;
  (graph[x] as Set<number>).delete(y);
  (graph[y] as Set<number>).delete(x);
  join(graph, p, x);
  join(graph, q, y);
  return true;
}

function has(graph: Graph, a: number, b: number): boolean {
  return (graph[a] as Set<number>).has(b);
}

function join(graph: Graph, a: number, b: number): void {
  (graph[a] as Set<number>).add(b);
  (graph[b] as Set<number>).add(a);
}

function isConnected(graph: Graph): boolean {
  const reached = new Set([0]);
  for (const node of reached) for (const neighbour of graph[node] as Set<number>) reached.add(neighbour);
  return reached.size === graph.length;
}

function topologyOf(graph: Graph, ports: number): Topology {
  const links: LinkSpec[] = [];
  graph.forEach((neighbours, a) => {
    for (const b of [...neighbours].sort((one, other) => one - other)) {
      if (a > b) continue;
      const [from, to] = [`switch-${a}`, `switch-${b}`];
      links.push({ id: `${from}--${to}`, from, to, forward: 1, backward: 1 });
    }
  });
  const nodes = graph.map((neighbours, i) => ({
    id: `switch-${i}`,
    position: onCircle(i, graph.length),
    attributes: { servers: ports - neighbours.size },
  }));
  return { name: `jellyfish-${graph.length}`, nodes, links };
}
