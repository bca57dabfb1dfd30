// Ranks kept current by changes, against the fixed point that they must be at and against iteration over the whole matrix, under
// simulated schedules.
import { describe, expect, it } from "vitest";
import { edgeChanges } from "../../examples/dataflows/nodes.ts";
import { pageRank } from "../../examples/dataflows/page-rank.ts";
import { input } from "../../src/index.ts";
import { Random, simulate } from "../../src/simulation/index.ts";
import { denseRanks } from "../oracle/dense-ranks.ts";
import { drawEdges, type Edge, share } from "./random-graph.ts";

/** What a node sends along each of its edges, in whole numbers: one more to the first ones until nothing is left. */
function shares(rank: number, row: readonly number[]): number[] {
  const targets = row.filter((count) => count > 0).length;
  const shared = Math.floor((rank * 5) / 6);
  let position = 0;
  return row.map((count) => {
    if (count === 0) return 0;
    const more = position++ < shared % targets ? 1 : 0;
    return count * (Math.floor(shared / targets) + more);
  });
}

describe("page rank", () => {
  it.each([1, 2, 3])("keeps ranks at their fixed point while edges come and go on %i workers", (workers) => {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      const nodes = 2 + random.below(12);
      // No edge twice: with two of one edge a node would send out more than it has.
      const all = [
        ...new Map(drawEdges(random, nodes, 3 * nodes).map((edge) => [`${edge.from} ${edge.to}`, edge])).values(),
      ];
      const going = all.filter(() => random.chance(0.3));
      const ranks: Int32Array[] = [];
      simulate({ seed, workers }, function* (worker) {
        const feed = worker.dataflow((scope) => {
          const feed = input(scope, edgeChanges);
          ranks[worker.index] = pageRank(feed.stream, nodes).ranks;
          return feed;
        });
        const send = (edge: Edge, diff: number) => feed.send({ ...edge, diff });
        for (const edge of share(all, worker.index, workers)) {
          send(edge, 1);
          yield;
        }
        for (const edge of share(going, worker.index, workers)) {
          feed.advanceTo(feed.time + 1 + random.below(3));
          send(edge, -1);
          yield;
        }
        feed.close();
      });
      const rankOf = (node: number) => (ranks[node % workers] as Int32Array)[Math.floor(node / workers)] as number;
      const left = new Set(all.filter((edge) => !going.includes(edge)));
      const counts = Array.from({ length: nodes }, () => Array.from({ length: nodes }, () => 0));
      for (const { from, to } of left) (counts[from] as number[])[to] = 1;

      const received = Array.from({ length: nodes }, () => 1000);
      counts.forEach((row, from) => {
        shares(rankOf(from), row).forEach((sent, to) => {
          received[to] = (received[to] as number) + sent;
        });
      });
      const dense = denseRanks(counts);
      // What waits at each node, and what is lost to whole numbers on its way, is amplified at most sixfold.
      const bound = 6 * (5 + 1 + Math.max(...counts.map((_, to) => counts.filter((row) => row[to] === 1).length)));
      const error = dense.reduce((sum, rank, node) => sum + Math.abs(rank - rankOf(node)), 0) / nodes;
      for (let node = 0; node < nodes; node++) {
        expect(Math.abs((received[node] as number) - rankOf(node)), `seed ${seed}, node ${node}`).toBeLessThan(6);
      }
      expect(error, `seed ${seed}`).toBeLessThan(bound);
    }
  });

  it("counts edges that are there several times", () => {
    let ranks = new Int32Array();
    simulate({ seed: 1, workers: 1 }, function* (worker) {
      const feed = worker.dataflow((scope) => {
        const feed = input(scope, edgeChanges);
        ranks = pageRank(feed.stream, 3).ranks;
        return feed;
      });
      for (const [to, diff] of [
        [1, 2],
        [2, 1],
        [2, -1],
        [1, -1],
        [2, 3],
      ] as const)
        feed.send({ from: 0, to, diff });
      yield;
      feed.close();
    });
    // Of 833 the first of two targets gets 417, the second 416 for each of three edges.
    expect([...ranks]).toEqual([1000, 1417, 2248]);
  });
});
