// What an epoch did to a network, in dense indexes: the input of incremental routing.

/**
 * One directed arc whose effective weight differs between the ends of two epochs; Infinity where it cannot carry (link
 * down or absent, an end node down or absent). When a link was removed and added again elsewhere in one epoch it keeps
 * its index, and its old arcs' loss stands before its new arcs' gain, each with their own end nodes.
 */
export interface ArcChange {
  readonly link: number;
  /** Whether the arc runs against the link, from its `to` to its `from`. */
  readonly reverse: boolean;
  readonly from: number;
  readonly to: number;
  /** Weight in units at the end of the epoch before (in this epoch's units when it rescaled), or Infinity. */
  readonly before: number;
  /** Weight in units at the end of this epoch, or Infinity. */
  readonly after: number;
}

/** One node whose state differs between the ends of two epochs; an absent node is neither up nor drained. */
export interface NodeChange {
  readonly node: number;
  readonly upBefore: boolean;
  readonly upAfter: boolean;
  readonly drainedBefore: boolean;
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
  readonly arcs: readonly ArcChange[];
  readonly nodes: readonly NodeChange[];
  /** Whether the unit of weight became finer: every integer weight and distance is then `factor` times what it was. */
  readonly rescaled: boolean;
  /** How many new units one old unit is; 1 unless `rescaled`. */
  readonly factor: number;
}
