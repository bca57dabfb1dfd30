// Input lines of a replay and the output lines it must give, worked out with the oracle alone.

import type { Change, Query, Topology } from "../../src/network/index.ts";
import { type GeneratedEpoch, NaiveNetwork, RouteSnapshot } from "../oracle/index.ts";

/** What goes into a replay and what must come out of it. */
export interface ReplayScript {
  readonly lines: string[];
  /** Output lines without their milliseconds. */
  readonly expected: string[];
  /** The lines, counted from 1, that must be refused. */
  readonly refused: number[];
}

/** Which pairs to ask for after an epoch, given the ids of all nodes at its end. */
export type Asking = (nodes: readonly string[], epoch: number) => readonly (readonly [from: string, to: string])[];

/** Every ordered pair, a node with itself included. */
export const everyPair: Asking = (nodes) => nodes.flatMap((from) => nodes.map((to) => [from, to] as const));

/** So many pairs, spread over the nodes by `seed`. */
export function somePairs(count: number, seed: number): Asking {
  let state = seed >>> 0;
  const pick = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % below;
  };
  return (nodes) => {
    if (nodes.length === 0) return [];
    const node = () => nodes[pick(nodes.length)] as string;
    return Array.from({ length: count }, () => [node(), node()] as const);
  };
}

/**
 * The replay of a stream with questions after every epoch, numbered with gaps. A question comes before the epoch's changes,
 * then they alternate, so that the order of lines can't matter to an answer.
 */
export function replayScript(topology: Topology, epochs: readonly GeneratedEpoch[], asking: Asking): ReplayScript {
  const script: ReplayScript = { lines: [], expected: [], refused: [] };
  const network = new NaiveNetwork(topology);
  let before = new RouteSnapshot(network);
  for (const [position, { changes, good }] of epochs.entries()) {
    const epoch = 3 * position + 2;
    const start = network.topology();
    if (network.applyEpoch(changes) !== good) throw new Error(`the oracle disagrees with itself about epoch ${epoch}`);
    const after = good ? new RouteSnapshot(network) : before;
    const queries = asking([...network.nodes.keys()], epoch).map(
      ([from, to], i): Query => ({ op: i % 3 === 2 ? "distance" : "path", from, to }),
    );
    for (const { op, from, to } of queries) {
      const { distance, nextHops, path, links, pathCount } = after.answer(from, to);
      script.expected.push(JSON.stringify({ epoch, op, from, to, distance, nextHops, path, links, pathCount }));
    }
    const bad = good ? [] : badChanges(start, changes);
    for (let i = 0; i < Math.max(queries.length, changes.length); i++) {
      const query = queries[i];
      if (query !== undefined) script.lines.push(JSON.stringify({ epoch, ...query }));
      const change = changes[i];
      if (change !== undefined) script.lines.push(JSON.stringify({ epoch, ...change }));
      if (bad.includes(i)) script.refused.push(script.lines.length);
    }
    const counts = good
      ? { changes: changes.length, ...RouteSnapshot.compare(before, after) }
      : { changes: 0, pairsChanged: 0, nextHopSetsChanged: 0 };
    script.expected.push(JSON.stringify({ epoch, op: "epoch", ...counts }));
    before = after;
  }
  return script;
}

/** Positions of the changes whose lines are refused: all that are malformed, else the first that does not fit the network. */
function badChanges(start: Topology, changes: readonly Change[]): number[] {
  const malformed = changes.flatMap((change, i) => ("weight" in change && change.weight === 0 ? [i] : []));
  if (malformed.length > 0) return malformed;
  return [changes.findIndex((_, i) => !new NaiveNetwork(start).applyEpoch(changes.slice(0, i + 1)))];
}

const MILLISECONDS = /,"ms":\d+(\.\d{1,3})?\}$/;

/** An output line without its milliseconds, which an epoch's line must end with. */
export function withoutMilliseconds(line: string): string {
  if (!line.includes('"op":"epoch"')) return line;
  if (!MILLISECONDS.test(line)) throw new Error(`no milliseconds end ${line}`);
  return line.replace(MILLISECONDS, "}");
}
