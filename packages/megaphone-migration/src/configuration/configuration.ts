// A configuration: where every bin lives from one control time until the next (Megaphone, section 3).

import type { BinHistory } from "./bin-history.ts";
import type { BinMap } from "./bin-map.ts";

/** The workers of all bins from a control time on. It shares memory with its neighbours, and holds until `retire` drops it. */
export interface Configuration<T> {
  /** The control time from which it applies; the least time for the initial one. */
  readonly time: T;
  /** The sequence number of the step that made it; -1 for the initial one. */
  readonly sequence: number;
  /**
   * The worker of `bin`, which is not checked: pass what `binOf` gave. O(1) for a bin that no kept step moves, else logarithmic in the
   * number of kept steps that move it.
   */
  workerOf(bin: number): number;
  /** The worker of each bin, in an array of its own. O(bins). */
  map(): BinMap;
}

/** A configuration as the state of a history after the step named `ordinal`. */
export class HistoricConfiguration<T> implements Configuration<T> {
  readonly time: T;
  readonly sequence: number;
  readonly ordinal: number;
  private readonly history: BinHistory;

  constructor(time: T, sequence: number, ordinal: number, history: BinHistory) {
    this.time = time;
    this.sequence = sequence;
    this.ordinal = ordinal;
    this.history = history;
  }

  workerOf(bin: number): number {
    return this.history.workerOf(bin, this.ordinal);
  }

  map(): BinMap {
    return this.history.map(this.ordinal);
  }
}
