import { expect, test } from "vitest";
import { Network } from "../../src/network/index.ts";
import { RouteGraph } from "../../src/routes/route-graph.ts";

test("flapping links use no more and no more port positions", () => {
  const nodes = ["a", "b", "c"].map((id) => ({ id }));
  const links = Array.from({ length: 6 }, (_, i) => ({
    id: `l${i}`,
    from: "a",
    to: i % 2 === 0 ? "b" : "c",
    forward: 1 + (i % 2),
    backward: 1,
  }));
  const network = new Network({ nodes, links });
  const graph = new RouteGraph(network);
  expect([graph.uniformWeight, graph.maxDegree, graph.portTotal]).toEqual([0, 6, 12]);
  for (let round = 0; round < 40; round++) {
    for (const op of ["link-down", "link-up"] as const) {
      const delta = network.applyEpoch([0, 1, 2].map((i) => ({ op, link: `l${(round + i) % 6}` })));
      const positions = graph.apply(delta, network.nodeBound, network.linkBound);
      expect(positions).toHaveLength(delta.arcs.length);
      expect(Math.min(...positions)).toBeGreaterThanOrEqual(0);
      graph.endEpoch();
    }
  }
  expect([graph.uniformWeight, graph.maxDegree, graph.portTotal]).toEqual([0, 6, 12]);
  const odd = network.applyEpoch([1, 3, 5].map((i) => ({ op: "link-down", link: `l${i}` })));
  graph.apply(odd, network.nodeBound, network.linkBound);
  expect(graph.uniformWeight).toBe(1);
});
