// What the routing dataflow must give: the same kernel over all destinations in one thread, with the oracle's answers.

import type { DeltaRecord, GroupRecord, QueryRecord } from "../../src/dataflow/index.ts";
import { type Change, Network, type Topology } from "../../src/network/index.ts";
import { type EpochChanges, NextHopGroups, RouteTable } from "../../src/routes/index.ts";
import { NaiveNetwork, RouteSnapshot } from "../oracle/index.ts";

/** One tick of the dataflow's inputs: an epoch or questions. */
export type Tick = { readonly changes: readonly Change[] } | { readonly queries: readonly QueryRecord[] };

/** What a run puts out: deltas by tick, in order, and answers by number. */
export interface Outcome {
  readonly deltas: [tick: number, delta: DeltaRecord][];
  readonly answers: [id: number, answer: unknown][];
}

/** Inputs of the dataflow from tick 1 on, with what they must give. */
export interface Scenario {
  readonly topology: Topology;
  readonly ticks: readonly Tick[];
  /** As JSON. */
  readonly expected: string;
}

/** A sequence of epochs with random questions between some of them; `pick` gives a number below its argument. */
export function scenario(
  topology: Topology,
  epochs: readonly (readonly Change[])[],
  pick: (below: number) => number,
): Scenario {
  const network = new Network(topology);
  const naive = new NaiveNetwork(topology);
  let snapshot = new RouteSnapshot(naive);
  let blocks = Math.ceil(network.nodeBound / 32);
  const all = Array.from({ length: blocks }, (_, block) => block);
  const allocate = (bytes: number) => ({ buffer: new ArrayBuffer(bytes), byteOffset: 0 });
  const table = new RouteTable(network, all, { allocate });
  const switches = new Map<number, NextHopGroups>();
  const ticks: Tick[] = [];
  const outcome: Outcome = { deltas: [[0, deltaOf(table.build(), switches)]], answers: [] };
  const ask = () => {
    const nodes = [...naive.nodes.keys()];
    const queries = Array.from({ length: 1 + pick(5) }, (_, i): QueryRecord => {
      const from = nodes[pick(nodes.length)] as string;
      const to = nodes[pick(nodes.length)] as string;
      const id = outcome.answers.length;
      const op = i % 2 === 0 ? "path" : "distance";
      const { distance, nextHops, path, links, pathCount } = snapshot.answer(from, to);
      outcome.answers.push([id, { op, from, to, distance, nextHops, path, links, pathCount }]);
      return { id, op, from: network.nodeIndex(from) as number, to: network.nodeIndex(to) as number };
    });
    ticks.push({ queries });
  };
  if (pick(2) === 0) ask();
  for (const changes of epochs) {
    const delta = network.applyEpoch(changes);
    for (; blocks < Math.ceil(network.nodeBound / 32); blocks++) table.addBlock(blocks);
    naive.applyEpoch(changes);
    snapshot = new RouteSnapshot(naive);
    ticks.push({ changes });
    outcome.deltas.push([ticks.length, deltaOf(table.apply(delta), switches)]);
    while (naive.nodes.size > 0 && pick(2) === 0) ask();
  }
  return { topology, ticks, expected: JSON.stringify(outcome) };
}

function deltaOf(
  { pairsChanged, nextHopSetsChanged, moves }: EpochChanges,
  switches: Map<number, NextHopGroups>,
): DeltaRecord {
  const groups: GroupRecord[] = [];
  for (const node of [...new Set(moves.map((move) => move.node))].sort((a, b) => a - b)) {
    const own = switches.get(node) ?? new NextHopGroups();
    switches.set(node, own);
    const delta = own.apply(moves.filter((move) => move.node === node));
    if (delta === undefined) continue;
    const { added, changed, removed } = delta;
    const resized = delta.resized.map(({ number, destinations }) => ({ number, destinations }));
    groups.push({ node, added, changed, resized, removed });
  }
  return { pairsChanged, nextHopSetsChanged, groups };
}
