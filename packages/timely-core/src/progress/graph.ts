// The shape of one scope: operators, their ports, the summaries inside operators, and the edges between ports.

import type { SummaryDomain } from "../order/index.ts";

/** A set of mutually incomparable summaries: the least effects of all paths between two ports. Empty means no path. */
export type Summaries<S> = readonly S[];

/** Adds `summary` to `set` unless it is implied; drops what it implies. Returns whether it was added. */
export function insertSummary<T, S>(domain: SummaryDomain<T, S>, set: S[], summary: S): boolean {
  for (let i = 0; i < set.length; i++) {
    if (domain.lessEqual(set[i] as S, summary)) return false;
  }
  let kept = 0;
  for (let i = 0; i < set.length; i++) {
    if (!domain.lessEqual(summary, set[i] as S)) set[kept++] = set[i] as S;
  }
  set.length = kept;
  set.push(summary);
  return true;
}

/**
 * A port of an operator. Its index in the scope's table is its *location*: a small integer, the same on every worker since all build
 * the same graph in the same order.
 */
export interface Port {
  readonly node: number;
  /** An input port is a target of edges, an output port a source. */
  readonly kind: "target" | "source";
  /** Its number among the node's ports of the same kind. */
  readonly index: number;
}

/** One operator of a scope. */
export interface Node<S> {
  readonly name: string;
  /** Locations of the input ports. */
  readonly targets: number[];
  /** Locations of the output ports. */
  readonly sources: number[];
  /** `internal[input][output]`: the summaries from an input to an output. */
  internal: readonly (readonly Summaries<S>[])[];
}

/**
 * A scope as a graph. Node 0 is the scope's own boundary: its sources are where the scope's inputs arrive, its targets are where the
 * scope's outputs leave, and no path leads through it.
 */
export interface Graph<S> {
  readonly nodes: readonly Node<S>[];
  readonly ports: readonly Port[];
  /** `edges[source]`: the targets that an output port is connected to. */
  readonly edges: readonly (readonly number[])[];
}
