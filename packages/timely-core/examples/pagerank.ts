// pagerank: the ranks of a random graph, kept current while edges are replaced one by one. Prints how long the first graph took to load,
// and a replacement, and what the ranks add up to in the end. After the Rust implementation's example of that name.
import { execute, input, probe } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";
import { changeSource } from "./dataflows/changing-edges.ts";
import { edgeChanges } from "./dataflows/nodes.ts";
import { pageRank } from "./dataflows/page-rank.ts";

const given = await commandLine(
  "pagerank",
  "Ranks NODES nodes by EDGES random edges; then each worker replaces one edge by another, REPLACEMENTS times.",
  { nodes: 10_000, edges: 100_000, replacements: 1000 },
);

const results = await execute(import.meta.url, given.config, (worker) => {
  const { feed, ranks, done } = worker.dataflow((scope) => {
    const feed = input(scope, edgeChanges);
    const { changes, ranks } = pageRank(feed.stream, given.nodes);
    return { feed, ranks, done: changes.pipe(probe()) };
  });
  const start = performance.now();
  const source = changeSource(feed, given.nodes);
  source.insert(Math.floor(given.edges / worker.peers));
  feed.advanceTo(1);
  worker.stepWhile(() => done.lessThan(1));
  const loaded = performance.now() - start;
  for (let time = 2; time < given.replacements + 2; time++) {
    source.replace();
    feed.advanceTo(time);
    worker.stepWhile(() => done.lessThan(time));
  }
  const replaced = performance.now() - start - loaded;
  feed.close();
  worker.stepWhile(() => !done.done);
  const own = Math.ceil((given.nodes - worker.index) / worker.peers);
  const sum = ranks.subarray(0, own).reduce((sum, rank) => sum + rank, 0);
  return { loaded, replaced, elapsed: performance.now() - start, sum };
});

const slowest = (of: (result: (typeof results)[number]) => number) => Math.max(...results.map(of));
console.log(`${slowest(({ loaded }) => loaded).toFixed(1)} ms to load the edges`);
const each = slowest(({ replaced }) => replaced) / given.replacements;
console.log(`${(each * 1000).toFixed(1)} us a replacement, the first ones while ranks settle`);
console.log(`${slowest(({ elapsed }) => elapsed).toFixed(1)} ms in all`);
console.log(`ranks add up to ${results.reduce((sum, result) => sum + result.sum, 0)}`);
