// The forest that union-find lets through spans exactly the components, under simulated schedules.
import { describe, expect, it } from "vitest";
import { type Edges, edges } from "../../examples/dataflows/nodes.ts";
import { unionFind } from "../../examples/dataflows/union-find.ts";
import { byHash, exchange, input, inspect } from "../../src/index.ts";
import { Random, simulate } from "../../src/simulation/index.ts";
import { countComponents } from "../oracle/components.ts";
import { drawEdges, type Edge, share } from "./random-graph.ts";

describe("union-find", () => {
  it.each([1, 2, 3])("lets a spanning forest through on %i workers", (workers) => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const nodes = 1 + random.below(40);
      const graph = drawEdges(random, nodes, 2 * nodes);
      const forest: Edge[] = [];
      simulate({ seed, workers }, function* (worker) {
        const feed = worker.dataflow((scope) => {
          const feed = input(scope, edges);
          feed.stream.pipe(
            unionFind(),
            exchange(byHash((_: Edges, hashes, n) => hashes.fill(0, 0, n))),
            unionFind(),
            inspect((edge) => forest.push(edge)),
          );
          return feed;
        });
        for (const edge of share(graph, worker.index, workers)) {
          feed.send(edge);
          if (random.chance(0.2)) yield;
        }
        feed.close();
      });
      const components = countComponents(graph, nodes);
      // As many edges as it takes, and none joins what no edge of the graph does: the same components, without a cycle.
      expect(countComponents(forest, nodes), `seed ${seed}`).toBe(components);
      expect(forest.length, `seed ${seed}`).toBe(nodes - components);
      expect(countComponents([...graph, ...forest], nodes), `seed ${seed}`).toBe(components);
    }
  });
});
