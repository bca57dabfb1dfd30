// What an epoch did to a network, in dense indexes: the input of incremental routing.

/**
 * One directed arc whose effective weight differs between the ends of two epochs; Infinity where it cannot carry (link
 * down or absent, an end node down or absent). When a link was removed and added again elsewhere in one epoch it keeps
 * its index, and its old arcs' loss stands before its new arcs' gain, each with their own end nodes.
 */
export interface ArcChange {
  /** Link index. */
  readonly link: number;
  /** Whether the arc runs against the link, from its `to` to its `from`. */
  readonly reverse: boolean;
  /** Index of the node that the arc leaves. */
  readonly from: number;
  /** Index of the node that it enters. */
  readonly to: number;
  /** Weight in units at the end of the epoch before (in this epoch's units when it rescaled), or Infinity. */
  readonly before: number;
  /** Weight in units at the end of this epoch, or Infinity. */
  readonly after: number;
}

/** One node whose state differs between the ends of two epochs; an absent node is neither up nor drained. */
export interface NodeChange {
  /** Node index. */
  readonly node: number;
  /** Whether it was up. */
  readonly upBefore: boolean;
  /** Whether it is up. */
  readonly upAfter: boolean;
  /** Whether it was drained. */
  readonly drainedBefore: boolean;
  /** Whether it is drained. */
  readonly drainedAfter: boolean;
  /** The node was not there before. */
  readonly added?: boolean;
  /** The node is not there any more; its index is free from the next epoch on. */
  readonly removed?: boolean;
}

/**
 * The difference that one epoch made. An index means one node (or link) id throughout a delta: an id that is there at
 * both ends of the epoch keeps its index, and an index freed in an epoch is not given away before the next.
 */
export interface NetworkDelta {
  /** Links in the order in which the epoch touched them; an arc (link, direction and end nodes) stands at most once. */
  readonly arcs: readonly ArcChange[];
  /** At most one change per node, in the order in which the epoch touched them. */
  readonly nodes: readonly NodeChange[];
  /** Whether the unit of weight became finer: every integer weight and distance is then `factor` times what it was. */
  readonly rescaled: boolean;
  /** How many new units one old unit is; 1 unless `rescaled`. */
  readonly factor: number;
}
