// What an epoch means to a block: for every arc that changed, whether it may have left next-hop sets or shortened labels,
// toward its own head as destination and toward all others (these differ where the head is drained).

import type { NetworkDelta } from "../network/network-delta.ts";
import type { NextHopSets } from "./next-hop-sets.ts";
import type { RouteGraph } from "./route-graph.ts";

/** The arc cannot stay in the sets that it was in, of all destinations but its head. */
export const LOST = 1;
/** The arc cannot stay in the set for its head as destination. */
export const LOST_TO_HEAD = 2;
/** The arc has become shorter or usable, for all destinations but its head. */
export const GAINED = 4;
/** The arc has become shorter or usable, for its head as destination. */
export const GAINED_TO_HEAD = 8;

const UNUSABLE = Number.POSITIVE_INFINITY;

/** An epoch's arc changes by tail, and the destinations that came or went. */
export interface EpochPlan {
  /** Tails in ascending order. */
  readonly tails: Int32Array;
  /** Arcs of tail i are those from `arcStart[i]` to before `arcStart[i + 1]`. */
  readonly arcStart: Int32Array;
  /** By arc: its position at its tail, its head, its weight now, and the flags above. */
  readonly position: Int32Array;
  readonly head: Int32Array;
  readonly weight: Float64Array;
  readonly flags: Uint8Array;
  /** By tail: where the bitset of its LOST positions begins in `lost`, or -1 when it has no arc with LOST or LOST_TO_HEAD. */
  readonly lostStart: Int32Array;
  readonly lost: Int32Array;
  /** By tail: whether an arc of it changed otherwise for its head than for the other destinations. */
  readonly special: Uint8Array;
  /** Destinations that came up, and that went down. */
  readonly risen: readonly number[];
  readonly fallen: readonly number[];
}

/**
 * Plans an epoch that `graph` has already taken over.
 *
 * @param positions what `graph.apply` gave.
 */
export function planEpoch(
  delta: NetworkDelta,
  positions: Int32Array,
  graph: RouteGraph,
  sets: readonly NextHopSets[],
): EpochPlan {
  const drainedBefore = new Map<number, boolean>();
  const risen: number[] = [];
  const fallen: number[] = [];
  for (const change of delta.nodes) {
    if (change.drainedBefore !== change.drainedAfter) drainedBefore.set(change.node, change.drainedBefore);
    if (!change.upBefore && change.upAfter) risen.push(change.node);
    if (change.upBefore && !change.upAfter) fallen.push(change.node);
  }

  const tail: number[] = [];
  const position: number[] = [];
  const head: number[] = [];
  const weight: number[] = [];
  const flags: number[] = [];
  const add = (from: number, at: number, to: number, before: number, after: number): void => {
    const drainedNow = graph.drained[to] === 1;
    const drainedThen = drainedBefore.get(to) ?? drainedNow;
    const flag =
      compared(drainedThen ? UNUSABLE : before, drainedNow ? UNUSABLE : after, LOST, GAINED) |
      compared(before, after, LOST_TO_HEAD, GAINED_TO_HEAD);
    if (flag === 0) return;
    tail.push(from);
    position.push(at);
    head.push(to);
    weight.push(after);
    flags.push(flag);
  };
  const changed = new Set<number>();
  for (let i = 0; i < delta.arcs.length; i++) {
    const arc = delta.arcs[i] as (typeof delta.arcs)[number];
    if (drainedBefore.size > 0) changed.add(2 * arc.link + (arc.reverse ? 1 : 0));
    add(arc.from, positions[i] as number, arc.to, arc.before, arc.after);
  }
  for (const node of drainedBefore.keys()) {
    const end = (graph.portStart[node] as number) + (graph.portCount[node] as number);
    for (let port = graph.portStart[node] as number; port < end; port++) {
      const arrives = graph.inWeight[port] as number;
      if (arrives === UNUSABLE || changed.has(graph.arcInto(port, node))) continue;
      add(graph.neighbor[port] as number, graph.peer[port] as number, node, arrives, arrives);
    }
  }

  const order = Array.from(tail, (_, i) => i).sort((a, b) => (tail[a] as number) - (tail[b] as number) || a - b);
  const count = order.length;
  const tails: number[] = [];
  const arcStart: number[] = [];
  const lostStart: number[] = [];
  const special: number[] = [];
  const plan = {
    position: Int32Array.from(order, (i) => position[i] as number),
    head: Int32Array.from(order, (i) => head[i] as number),
    weight: Float64Array.from(order, (i) => weight[i] as number),
    flags: Uint8Array.from(order, (i) => flags[i] as number),
  };
  let lostLength = 0;
  for (let i = 0; i < count; i++) {
    const node = tail[order[i] as number] as number;
    if (tails.at(-1) !== node) {
      tails.push(node);
      arcStart.push(i);
      lostStart.push(-1);
      special.push(0);
    }
    const t = tails.length - 1;
    const flag = plan.flags[i] as number;
    if ((flag & (LOST | LOST_TO_HEAD)) !== 0 && (lostStart[t] as number) < 0) {
      lostStart[t] = lostLength;
      lostLength += (sets[node] as NextHopSets).stride;
    }
    if ((flag & (LOST | GAINED)) << 1 !== (flag & (LOST_TO_HEAD | GAINED_TO_HEAD))) special[t] = 1;
  }
  arcStart.push(count);
  const lost = new Int32Array(lostLength);
  for (let t = 0; t < tails.length; t++) {
    for (let i = arcStart[t] as number; i < (arcStart[t + 1] as number); i++) {
      if (((plan.flags[i] as number) & LOST) === 0) continue;
      const at = plan.position[i] as number;
      const word = (lostStart[t] as number) + (at >>> 5);
      lost[word] = (lost[word] as number) | (1 << (at & 31));
    }
  }
  return {
    ...plan,
    tails: Int32Array.from(tails),
    arcStart: Int32Array.from(arcStart),
    lostStart: Int32Array.from(lostStart),
    lost,
    special: Uint8Array.from(special),
    risen,
    fallen,
  };
}

function compared(before: number, after: number, longer: number, shorter: number): number {
  return after > before ? longer : after < before ? shorter : 0;
}
