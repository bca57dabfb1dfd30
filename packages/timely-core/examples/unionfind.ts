// unionfind: the components of a random graph. Each worker joins the edges that it draws, and worker 0 what is left of them. Prints how
// many edges a spanning forest has, and the rate. After the Rust implementation's example of that name.
import { byHash, exchange, execute, input, inspectBatch, probe } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";
import { type Edges, edges } from "./dataflows/nodes.ts";
import { edgeSource } from "./dataflows/random-edges.ts";
import { unionFind } from "./dataflows/union-find.ts";

const given = await commandLine(
  "unionfind",
  "Joins EDGES random edges between NODES nodes, and waits after each BATCH of them that a worker sends.",
  { nodes: 100_000, edges: 1_000_000, batch: 1000 },
);

const results = await execute(import.meta.url, given.config, (worker) => {
  let joined = 0;
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
  const start = performance.now();
  const source = edgeSource(feed, given.nodes, given.edges);
  for (let round = 1; source.left > 0; round++) {
    source.send(given.batch);
    feed.advanceTo(round);
    worker.stepWhile(() => done.lessThan(round));
  }
  feed.close();
  worker.stepWhile(() => !done.done);
  return { joined, seconds: (performance.now() - start) / 1000 };
});

const joined = results.reduce((sum, result) => sum + result.joined, 0);
console.log(`${joined} edges span the graph: ${given.nodes - joined} components`);
const longest = Math.max(...results.map(({ seconds }) => seconds));
console.log(`${(given.edges / longest / 1e6).toFixed(2)} million edges a second`);
