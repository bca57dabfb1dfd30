// Explores every interleaving of a few processes over shared memory, each step being one atomic access. States are
// plain data compared by their JSON text, so each is visited once.

/** One process of a model: performs its next step on the state and says whether it could. */
export interface Process<S> {
  /** Steps in place; returns false, leaving the state alone, where the process is blocked or has ended. */
  step(state: S): boolean;
}

/** What an exploration found. */
export interface Exploration<S> {
  /** The number of different states visited. */
  readonly states: number;
  /** A state in which no process can step although the work is not complete, if there is one. */
  readonly stuck: S | undefined;
}

/** Visits every state that some schedule of the processes reaches from `start`, until one is stuck. */
export function explore<S>(
  start: S,
  processes: readonly Process<S>[],
  isComplete: (state: S) => boolean,
): Exploration<S> {
  const seen = new Set([JSON.stringify(start)]);
  const stack = [...seen];
  for (let text = stack.pop(); text !== undefined; text = stack.pop()) {
    let canStep = false;
    for (const process of processes) {
      const state = JSON.parse(text) as S;
      if (!process.step(state)) continue;
      canStep = true;
      const next = JSON.stringify(state);
      if (seen.has(next)) continue;
      seen.add(next);
      stack.push(next);
    }
    if (canStep) continue;
    const end = JSON.parse(text) as S;
    if (!isComplete(end)) return { states: seen.size, stuck: end };
  }
  return { states: seen.size, stuck: undefined };
}
