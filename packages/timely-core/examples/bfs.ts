// bfs: breadth-first search of a random graph, from node 0. Prints when the graph was there, when each level was done and how large it
// was, and how many edges a second that comes to. After the Rust implementation's example of that name.
import { execute, input, probe } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";
import { breadthFirst, unreached, visits } from "./dataflows/breadth-first.ts";
import { edges } from "./dataflows/nodes.ts";
import { edgeSource } from "./dataflows/random-edges.ts";

const parameters = { nodes: 100_000, edges: 1_000_000 };
const given = await commandLine(
  "bfs",
  "Searches a random graph of NODES nodes and EDGES edges from node 0.",
  parameters,
);

const results = await execute(import.meta.url, given.config, (worker) => {
  const start = performance.now();
  const search = worker.dataflow((scope) => {
    const graph = input(scope, edges);
    const roots = input(scope, visits);
    const { reached, found } = breadthFirst(graph.stream, roots.stream, given.nodes);
    return { graph, roots, found, done: reached.pipe(probe()) };
  });
  if (worker.index === 0) search.roots.send({ node: 0, parent: 0 });
  search.roots.close();
  edgeSource(search.graph, given.nodes, given.edges).send(given.edges);
  search.graph.close();
  worker.stepWhile(() => !search.done.done);
  const { phases, parents } = search.found;
  return {
    phases: phases.map(({ time, nodes, at }) => ({ time, nodes, milliseconds: at - start })),
    reached: parents.reduce((sum, parent) => sum + (parent === unreached ? 0 : 1), 0),
    milliseconds: performance.now() - start,
  };
});

const phases = results.flatMap((result) => result.phases);
for (let time = 1; phases.some((phase) => phase.time === time); time++) {
  const level = phases.filter((phase) => phase.time === time);
  const nodes = level.reduce((sum, phase) => sum + phase.nodes, 0);
  const at = Math.min(...level.map(({ milliseconds }) => milliseconds));
  console.log(`${at.toFixed(1)} ms: level ${time - 1} has ${nodes} nodes`);
}
const longest = Math.max(...results.map(({ milliseconds }) => milliseconds));
const reached = results.reduce((sum, result) => sum + result.reached, 0);
console.log(`${longest.toFixed(1)} ms: ${reached} of ${given.nodes} nodes reached`);
console.log(`${(given.edges / longest / 1000).toFixed(2)} million edges a second`);
