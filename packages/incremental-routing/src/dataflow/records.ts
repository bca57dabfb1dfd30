// What flows through the routing dataflow, between its operators and to and from its client. Times are ticks: each epoch and each batch of
// queries has one of its own.

import type { Change, Query, Topology } from "../network/index.ts";
import type { NextHopGroup } from "../routes/index.ts";

/** What every worker starts from. */
export interface RoutesArgument {
  readonly topology: Topology;
  /** Rounds weights to multiples of this; see `NetworkOptions`. */
  readonly resolution?: number;
  /** Whether the build's delta lists every group of every node: half a million on a large fabric. Default false. */
  readonly initialGroups?: boolean;
}

/** The changes of one epoch, which apply all at once. */
export interface EpochRecord {
  readonly changes: readonly Change[];
}

/** A question, to be answered as of the end of its tick. */
export interface QueryRecord {
  /** The client's number for it. */
  readonly id: number;
  readonly op: Query["op"];
  /** Dense node indexes as of the tick. */
  readonly from: number;
  readonly to: number;
}

/** What is known of a pair of nodes (routing rule 6). */
export interface Answer {
  readonly op: Query["op"];
  readonly from: string;
  readonly to: string;
  /** In the topology's weights; null when unreachable. */
  readonly distance: number | null;
  /** Node ids of all equal-cost next hops, sorted by code unit. */
  readonly nextHops: readonly string[];
  /** The shortest path with the least node id, then the least link id, at each hop; null when unreachable. */
  readonly path: readonly string[] | null;
  readonly links: readonly string[] | null;
  /** The number of shortest paths, parallel links told apart, as a decimal integer of any size. */
  readonly pathCount: string;
}

/** An answer with the client's number of its question. */
export interface AnswerRecord {
  readonly id: number;
  readonly answer: Answer;
}

/** How many pairs one worker's destinations changed in an epoch. */
export interface TallyRecord {
  readonly pairsChanged: number;
  readonly nextHopSetsChanged: number;
}

/** What an epoch changed in the next-hop groups of one node, by dense indexes as of the epoch; see `GroupDelta`. */
export interface GroupRecord {
  readonly node: number;
  readonly added: readonly NextHopGroup[];
  readonly changed: readonly NextHopGroup[];
  readonly resized: readonly Omit<NextHopGroup, "links">[];
  readonly removed: readonly number[];
}

/** What an epoch changed in the whole network. */
export interface DeltaRecord extends TallyRecord {
  /** By node index; only nodes whose groups changed. */
  readonly groups: readonly GroupRecord[];
}
