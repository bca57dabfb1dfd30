// pagerank: a random graph is loaded at time 0, then each worker replaces an edge a time while ranks are passed round, until all settle.
import { input, probe, type Worker } from "@limmat/timely-core";
import { changeSource } from "../examples/dataflows/changing-edges.ts";
import { edgeChanges } from "../examples/dataflows/nodes.ts";
import { pageRank } from "../examples/dataflows/page-rank.ts";
import { drawnEdges } from "./drawn-edges.ts";
import { type Sample, timed } from "./samples.ts";

/** Does all of it once a stretch; afterwards compares this worker's ranks with those of iteration in real numbers. */
export function rank(worker: Worker, nodes: number, edgeCount: number, replacements: number): Sample {
  let last = new Int32Array();
  const sample = timed(0, 1, 1, () => {
    const { feed, ranks, done } = worker.dataflow((scope) => {
      const feed = input(scope, edgeChanges);
      const { changes, ranks } = pageRank(feed.stream, nodes);
      return { feed, ranks, done: changes.pipe(probe()) };
    });
    const source = changeSource(feed, nodes);
    source.insert(edgeCount / worker.peers);
    for (let time = 1; time <= replacements + 1; time++) {
      if (time > 1) source.replace();
      feed.advanceTo(time);
      worker.stepWhile(() => done.lessThan(time));
    }
    feed.close();
    worker.stepWhile(() => !done.done);
    last = ranks;
  });
  const expected = settledRanks(nodes, edgeCount, replacements, worker.peers);
  let error = 0;
  let sum = 0;
  for (let node = worker.index, place = 0; node < nodes; node += worker.peers, place++) {
    error += Math.abs((last[place] as number) - (expected[node] as number));
    sum += expected[node] as number;
  }
  // Whole numbers, and changes below 6 that wait, come to 0.1 % or so.
  if (!(error < 0.005 * sum)) throw new Error(`ranks that add up to ${sum} are off by ${error}`);
  return sample;
}

/** The ranks of the graph in the end, by iteration over all edges in real numbers; edges that are there twice count twice. */
function settledRanks(nodes: number, edgeCount: number, replacements: number, peers: number): Float64Array {
  const each = edgeCount / peers + replacements;
  const { from, to } = drawnEdges(nodes, each * peers, peers);
  const degrees = new Uint32Array(nodes);
  const seen = new Set<number>();
  for (let i = 0; i < from.length; i++) {
    if (i % each < replacements) continue; // replaced
    const edge = (from[i] as number) * nodes + (to[i] as number);
    if (seen.has(edge)) continue;
    seen.add(edge);
    degrees[from[i] as number] = (degrees[from[i] as number] as number) + 1;
  }
  let ranks = new Float64Array(nodes).fill(1000);
  for (let round = 0; round < 60; round++) {
    const next = new Float64Array(nodes).fill(1000);
    for (let i = 0; i < from.length; i++) {
      if (i % each < replacements) continue;
      const source = from[i] as number;
      const sent = ((ranks[source] as number) * 5) / 6 / (degrees[source] as number);
      next[to[i] as number] = (next[to[i] as number] as number) + sent;
    }
    ranks = next;
  }
  return ranks;
}
