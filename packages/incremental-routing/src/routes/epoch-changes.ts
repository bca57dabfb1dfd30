// What one epoch did to the routes of a table's destinations: counts by routing rule 6, and moves between next-hop sets,
// which is what stage 1 tells stage 2 (routing rule 7).

/** So many destinations moved, at one node, from one set of next-hop links to another. */
export interface SetMove {
  /** Node index. */
  readonly node: number;
  /** Link indexes, ascending; empty where there was no next hop. */
  readonly from: readonly number[];
  /** Link indexes, ascending; empty where there is no next hop now. */
  readonly to: readonly number[];
  /** How many, at least 1. */
  readonly destinations: number;
}

/** What one epoch changed for the destinations of one table. */
export interface EpochChanges {
  /** Ordered pairs of different nodes whose distance differs from the end of the epoch before. */
  readonly pairsChanged: number;
  /** Ordered pairs whose set of next-hop links differs from the end of the epoch before. */
  readonly nextHopSetsChanged: number;
  /** The moves behind `nextHopSetsChanged`, each (node, from, to) once. */
  readonly moves: readonly SetMove[];
}
