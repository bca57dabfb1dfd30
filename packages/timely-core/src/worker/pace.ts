// How much a worker does in one step: everything it can, but under simulation, where a seed decides (engine rule 18).

/** Bounds on one step of a worker; each is asked for anew every time. */
export interface Pace {
  /** How many messages to take from one link. */
  messages(): number;
  /** How many operators of one scope to run. */
  operators(): number;
  /** How many batches an operator may take from one input. */
  batches(): number;
  /** The most records an input is handed in one batch. */
  piece(): number;
  /** Whether the links are flushed at the end of this step. */
  flushes(): boolean;
}

/** Everything that can be done is done. */
export const unbounded: Pace = {
  messages: () => Number.POSITIVE_INFINITY,
  operators: () => Number.POSITIVE_INFINITY,
  batches: () => Number.POSITIVE_INFINITY,
  piece: () => Number.POSITIVE_INFINITY,
  flushes: () => true,
};
