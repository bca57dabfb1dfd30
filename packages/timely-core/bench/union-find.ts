// unionfind: random edges are joined on the worker that draws them, and what is left of all on worker 0; a wait after each batch.
import { byHash, exchange, input, inspectBatch, probe, type Worker } from "@limmat/timely-core";
import { type Edges, edges } from "../examples/dataflows/nodes.ts";
import { edgeSource } from "../examples/dataflows/random-edges.ts";
import { unionFind } from "../examples/dataflows/union-find.ts";
import { type DrawnEdges, drawnEdges } from "./drawn-edges.ts";
import { type Sample, timed } from "./samples.ts";

/** Joins all edges once a stretch; afterwards compares the size of the forest with what there must be. */
export function components(worker: Worker, nodes: number, edgeCount: number, batch: number): Sample {
  let joined = 0;
  const sample = timed(0, 1, edgeCount / worker.peers, () => {
    joined = 0;
    const { feed, done } = worker.dataflow((scope) => {
      const feed = input(scope, edges);
      const done = feed.stream.pipe(
        unionFind(),
        exchange(byHash((_: Edges, hashes, n) => hashes.fill(0, 0, n))),
        unionFind(),
        inspectBatch((forest) => {
          joined += forest.length;
        }),
        probe(),
      );
      return { feed, done };
    });
    const source = edgeSource(feed, nodes, edgeCount);
    for (let time = 1; source.left > 0; time++) {
      source.send(batch);
      feed.advanceTo(time);
      worker.stepWhile(() => done.lessThan(time));
    }
    feed.close();
    worker.stepWhile(() => !done.done);
  });
  const expected = worker.index === 0 ? forestSize(drawnEdges(nodes, edgeCount, worker.peers), nodes) : 0;
  if (joined !== expected) throw new Error(`the forest has ${joined} edges in place of ${expected}`);
  return sample;
}

/** How many edges join two components, one after the other. */
function forestSize({ from, to }: DrawnEdges, nodes: number): number {
  const above = Uint32Array.from({ length: nodes }, (_, node) => node);
  const root = (start: number) => {
    let node = start;
    while (above[node] !== node) {
      const next = above[node] as number;
      above[node] = above[next] as number;
      node = above[node] as number;
    }
    return node;
  };
  let size = 0;
  for (let i = 0; i < from.length; i++) {
    const a = root(from[i] as number);
    const b = root(to[i] as number);
    if (a === b) continue;
    above[a] = b;
    size += 1;
  }
  return size;
}
