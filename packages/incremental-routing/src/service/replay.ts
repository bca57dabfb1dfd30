// Replays a stream of lines against a network's routes: changes by epochs, questions answered as of the end of their epoch (routing
// rules 2 and 6).

import { formatAnswer, formatEpoch, ReplayError, ReplayReader } from "../formats/index.ts";
import { type Change, ChangeError, type Query } from "../network/index.ts";
import type { Routing } from "./routing.ts";

/** How a replay treats bad lines. */
export interface ReplayOptions {
  /** Whether later epochs go on after a bad line. Default false: the replay ends with its error. */
  readonly skipBad?: boolean;
  /** Told of each bad line that is skipped. */
  readonly onBad?: (error: ReplayError) => void;
}

/** The lines of one epoch, and what was wrong with them. */
interface EpochLines {
  readonly epoch: number;
  readonly changes: { readonly change: Change; readonly line: number }[];
  readonly queries: { readonly query: Query; readonly line: number }[];
  bad: boolean;
}

/**
 * Applies the epochs of `lines` to `routing` and yields the result lines, in the order of the input: one per question, then one per epoch.
 *
 * A bad line rejects all changes of its epoch. Without `skipBad` the replay then ends by throwing a `ReplayError`, before anything of that
 * epoch is answered; with it, the epoch's other questions are answered as of the state before.
 */
export async function* replay(
  routing: Routing,
  lines: AsyncIterable<string> | Iterable<string>,
  options: ReplayOptions = {},
): AsyncGenerator<string, void, void> {
  const reader = new ReplayReader();
  const refuse = (error: ReplayError): void => {
    if (options.skipBad !== true) throw error;
    options.onBad?.(error);
  };
  let current: EpochLines | undefined;
  for await (const line of lines) {
    let entry: ReturnType<ReplayReader["read"]>;
    let error: ReplayError | undefined;
    try {
      entry = reader.read(line);
      if (entry === undefined) continue;
    } catch (thrown) {
      if (!(thrown instanceof ReplayError)) throw thrown;
      error = thrown;
    }
    const epoch = entry?.epoch ?? error?.epoch;
    if (epoch !== undefined && current?.epoch !== epoch) {
      if (current !== undefined) yield* conclude(routing, current, refuse);
      current = { epoch, changes: [], queries: [], bad: false };
    }
    if (error !== undefined) {
      refuse(error);
      if (current !== undefined) current.bad = true;
    } else if (entry?.change !== undefined) {
      current?.changes.push({ change: entry.change, line: reader.line });
    } else if (entry?.query !== undefined) {
      current?.queries.push({ query: entry.query, line: reader.line });
    }
  }
  if (current !== undefined) yield* conclude(routing, current, refuse);
}

/** Applies an epoch, answers its questions, and tells what it changed. */
async function* conclude(
  routing: Routing,
  lines: EpochLines,
  refuse: (error: ReplayError) => void,
): AsyncGenerator<string, void, void> {
  const { epoch } = lines;
  const answerable = lines.queries.filter(({ query, line }) => {
    const unknown = [query.from, query.to].find((id) => !isKnownAfter(routing, lines.bad ? [] : lines.changes, id));
    if (unknown === undefined) return true;
    refuse(new ReplayError("UNKNOWN_NODE", line, epoch, `there is no node ${JSON.stringify(unknown)}`));
    lines.bad = true;
    return false;
  });
  let delta = { changes: 0, pairsChanged: 0, nextHopSetsChanged: 0, milliseconds: 0 };
  if (!lines.bad && lines.changes.length > 0) {
    try {
      delta = await routing.apply(lines.changes.map(({ change }) => change));
    } catch (error) {
      if (!(error instanceof ChangeError)) throw error;
      const line = lines.changes[error.index ?? 0]?.line ?? 0;
      refuse(new ReplayError(error.code, line, epoch, error.message));
      lines.bad = true;
    }
  }
  // With its changes rejected, an epoch's questions may name a node that was to be added.
  const known = answerable.filter(({ query, line }) => {
    const unknown = [query.from, query.to].find((id) => routing.network.nodeIndex(id) === undefined);
    if (unknown === undefined) return true;
    refuse(
      new ReplayError(
        "UNKNOWN_NODE",
        line,
        epoch,
        `there is no node ${JSON.stringify(unknown)}, its epoch being rejected`,
      ),
    );
    return false;
  });
  for (const answer of await routing.ask(known.map(({ query }) => query))) yield formatAnswer({ epoch, ...answer });
  yield formatEpoch({ epoch, ...delta, ms: delta.milliseconds });
}

/** Whether a node is there once an epoch's changes have been applied. */
function isKnownAfter(routing: Routing, changes: readonly { readonly change: Change }[], id: string): boolean {
  for (let i = changes.length - 1; i >= 0; i--) {
    const change = changes[i]?.change;
    if (change?.op === "node-add" && change.node === id) return true;
    if (change?.op === "node-remove" && change.node === id) return false;
  }
  return routing.network.nodeIndex(id) !== undefined;
}
