// What flows through the routing dataflow, between its operators and to and from its client. Times are ticks: each epoch and each batch of
// queries has one of its own.

import type { Answer, Change, Query, Topology } from "../network/index.ts";
import type { NextHopGroup } from "../routes/index.ts";

/** What every worker starts from. */
export interface RoutesArgument {
  /** The network before the first epoch. */
  readonly topology: Topology;
  /** Rounds weights to multiples of this; see `NetworkOptions`. */
  readonly resolution?: number;
  /** Whether the build's delta lists every group of every node: half a million on a large fabric. Default false. */
  readonly initialGroups?: boolean;
}

/** The changes of one epoch, which apply all at once. */
export interface EpochRecord {
  /** Known to be good: a worker fails on one that does not fit. */
  readonly changes: readonly Change[];
}

/** A question, to be answered as of the end of its tick. */
export interface QueryRecord {
  /** The client's number for it. */
  readonly id: number;
  /** What is asked for. */
  readonly op: Query["op"];
  /** Dense index of the source as of the tick. */
  readonly from: number;
  /** Dense index of the destination as of the tick. */
  readonly to: number;
}

/** An answer with the client's number of its question. */
export interface AnswerRecord {
  /** The client's number. */
  readonly id: number;
  /** The answer. */
  readonly answer: Answer;
}

/** How many pairs one worker's destinations changed in an epoch. */
export interface TallyRecord {
  /** Ordered pairs of different nodes whose distance changed (routing rule 6). */
  readonly pairsChanged: number;
  /** Ordered pairs of different nodes whose set of next-hop links changed (routing rule 6). */
  readonly nextHopSetsChanged: number;
}

/** What an epoch changed in the next-hop groups of one node, by dense indexes as of the epoch; see `GroupDelta`. */
export interface GroupRecord {
  /** Node index. */
  readonly node: number;
  /** Groups with numbers that were free. */
  readonly added: readonly NextHopGroup[];
  /** Groups with other links than before, changed in place for all their destinations. */
  readonly changed: readonly NextHopGroup[];
  /** Groups with the same links and another count of destinations. */
  readonly resized: readonly Omit<NextHopGroup, "links">[];
  /** Numbers of groups that no destination uses any more. */
  readonly removed: readonly number[];
}

/** What an epoch changed in the whole network. */
export interface DeltaRecord extends TallyRecord {
  /** By node index; only nodes whose groups changed. */
  readonly groups: readonly GroupRecord[];
}
