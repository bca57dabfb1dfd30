// Answers to questions about one pair of nodes, by routing rule 6.

import type { Answer, Network } from "../network/index.ts";
import type { RouteTable } from "../routes/index.ts";
import type { QueryRecord } from "./records.ts";

/** Strings by code unit, which is how JavaScript compares them. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Answers a question as of the table's and the network's present state. */
export function answer(query: QueryRecord, table: RouteTable, network: Network): Answer {
  const { op, from, to } = query;
  const names = { op, from: network.nodeId(from), to: network.nodeId(to) };
  const distance = table.distance(from, to);
  if (distance === Number.POSITIVE_INFINITY) {
    return { ...names, distance: null, nextHops: [], path: null, links: null, pathCount: "0" };
  }
  const path = table.path(
    from,
    to,
    (a, b) => byCodeUnit(network.nodeId(a), network.nodeId(b)),
    (a, b) => byCodeUnit(network.linkId(a), network.linkId(b)),
  );
  const hops = new Set<string>();
  for (const link of table.nextHopLinks(from, to)) {
    const start = network.linkFrom[link] as number;
    hops.add(network.nodeId(start === from ? (network.linkTo[link] as number) : start));
  }
  return {
    ...names,
    distance: network.toWeight(distance),
    nextHops: [...hops].sort(byCodeUnit),
    path: path === null ? null : path.nodes.map((node) => network.nodeId(node)),
    links: path === null ? null : path.links.map((link) => network.linkId(link)),
    pathCount: String(table.pathCount(from, to)),
  };
}
