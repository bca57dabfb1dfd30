// Replays a stream of lines against a network's routes: changes by epochs, questions answered as of the end of their epoch (routing
// rules 2 and 6).

import { formatAnswer, formatEpoch, ReplayError, ReplayReader } from "../formats/index.ts";
import { type Change, ChangeError, type Network, type Query } from "../network/index.ts";
import type { Routing } from "./routing.ts";

/** How a replay treats bad lines. */
export interface ReplayOptions {
  /** Whether later epochs go on after a bad line. Default false: the replay ends with its error. */
  readonly skipBad?: boolean;
  /** Told of each bad line that is skipped. */
  readonly onBad?: (error: ReplayError) => void;
}

/** How many questions travel together: enough to hide the way there and back, few enough to stay small beside the network. */
const TOGETHER = 1024;

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
  const { epoch, bad } = lines;
  const changes = lines.changes.map(({ change }) => change);
  const errors: ReplayError[] = [];
  let delta = { changes: 0, pairsChanged: 0, nextHopSetsChanged: 0, milliseconds: 0 };
  let questions = lines.queries;
  if (!bad) {
    const known = knownAfter(routing.network, changes);
    const strays = questions.filter(({ query }) => !(known(query.from) && known(query.to)));
    try {
      if (strays.length > 0) requireFit(routing.network, changes);
      else if (changes.length > 0) delta = await routing.apply(changes);
      // The changes are good, so what is asked about nodes that are not there at the epoch's end rejects it.
      for (const { query, line } of strays)
        errors.push(unknownNode(epoch, line, known(query.from) ? query.to : query.from));
      questions = questions.filter((question) => !strays.includes(question));
    } catch (error) {
      if (!(error instanceof ChangeError)) throw error;
      errors.push(new ReplayError(error.code, lines.changes[error.index ?? 0]?.line ?? 0, epoch, error.message));
    }
  }
  // With its changes rejected, an epoch's questions may name nodes that were to be added: these come after what rejected them.
  const { network } = routing;
  questions = questions.filter(({ query, line }) => {
    const unknown = [query.from, query.to].find((id) => network.nodeIndex(id) === undefined);
    if (unknown !== undefined) errors.push(unknownNode(epoch, line, unknown));
    return unknown === undefined;
  });
  for (const error of errors) refuse(error);
  for (let first = 0; first < questions.length; first += TOGETHER) {
    const together = questions.slice(first, first + TOGETHER).map(({ query }) => query);
    for (const answer of await routing.ask(together)) yield formatAnswer({ ...answer, epoch });
  }
  yield formatEpoch({ ...delta, epoch, ms: delta.milliseconds });
}

function unknownNode(epoch: number, line: number, id: string): ReplayError {
  return new ReplayError("UNKNOWN_NODE", line, epoch, `at the end of the epoch there is no node ${JSON.stringify(id)}`);
}

/** Tells whether a node is there once an epoch's changes have been applied. */
function knownAfter(network: Network, changes: readonly Change[]): (id: string) => boolean {
  const there = new Map<string, boolean>();
  for (const change of changes) {
    if (change.op === "node-add" || change.op === "node-remove") there.set(change.node, change.op === "node-add");
  }
  return (id) => there.get(id) ?? network.nodeIndex(id) !== undefined;
}

/** Throws the `ChangeError` of the first change that does not fit the network, which stays as it is. */
function requireFit(network: Network, changes: readonly Change[]): void {
  try {
    // No node has the empty id, so an epoch that ends with this one is never taken.
    network.applyEpoch([...changes, { op: "node-remove", node: "" }]);
  } catch (error) {
    if (!(error instanceof ChangeError) || error.index !== changes.length) throw error;
  }
}
