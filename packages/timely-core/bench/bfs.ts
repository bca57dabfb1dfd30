// bfs: from nothing to all levels of a random graph: drawing the edges, moving them to where they belong, sorting them, and searching.
import { input, probe, type Worker } from "@limmat/timely-core";
import { breadthFirst, type Found, unreached, visits } from "../examples/dataflows/breadth-first.ts";
import { edges } from "../examples/dataflows/nodes.ts";
import { edgeSource } from "../examples/dataflows/random-edges.ts";
import { type DrawnEdges, drawnEdges } from "./drawn-edges.ts";
import { type Sample, timed } from "./samples.ts";

/** Searches the graph once a stretch; afterwards compares every level with those of a queue. */
export function search(worker: Worker, nodes: number, edgeCount: number): Sample {
  let last: Found | undefined;
  const sample = timed(0, 1, edgeCount / worker.peers, () => {
    const { graph, roots, found, done } = worker.dataflow((scope) => {
      const graph = input(scope, edges);
      const roots = input(scope, visits);
      const { reached, found } = breadthFirst(graph.stream, roots.stream, nodes);
      return { graph, roots, found, done: reached.pipe(probe()) };
    });
    if (worker.index === 0) roots.send({ node: 0, parent: 0 });
    roots.close();
    edgeSource(graph, nodes, edgeCount).send(edgeCount);
    graph.close();
    worker.stepWhile(() => !done.done);
    last = found;
  });
  const { parents, levels } = last as Found;
  const expected = levelsByQueue(drawnEdges(nodes, edgeCount, worker.peers), nodes);
  for (let node = worker.index, place = 0; node < nodes; node += worker.peers, place++) {
    const level = parents[place] === unreached ? -1 : (levels[place] as number) - 1;
    if (level !== expected[node]) throw new Error(`node ${node} is on level ${expected[node]}, not ${level}`);
  }
  return sample;
}

/** The level of each node, or -1 where none leads from node 0. */
function levelsByQueue({ from, to }: DrawnEdges, nodes: number): Int32Array {
  const starts = new Uint32Array(nodes + 1);
  for (const node of from) starts[node] = (starts[node] as number) + 1;
  for (let node = 1; node <= nodes; node++) starts[node] = (starts[node] as number) + (starts[node - 1] as number);
  const targets = new Uint32Array(to.length);
  for (let i = 0; i < from.length; i++) {
    const at = (starts[from[i] as number] as number) - 1;
    starts[from[i] as number] = at;
    targets[at] = to[i] as number;
  }
  const levels = new Int32Array(nodes).fill(-1);
  const queue = new Uint32Array(nodes);
  levels[0] = 0;
  let end = 1;
  for (let head = 0; head < end; head++) {
    const node = queue[head] as number;
    for (let edge = starts[node] as number; edge < (starts[node + 1] as number); edge++) {
      const target = targets[edge] as number;
      if (levels[target] !== -1) continue;
      levels[target] = (levels[node] as number) + 1;
      queue[end++] = target;
    }
  }
  return levels;
}
