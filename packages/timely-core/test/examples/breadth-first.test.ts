// Levels and parents found by the dataflow against those of a queue, under simulated schedules.
import { describe, expect, it } from "vitest";
import { breadthFirst, type Found, unreached, visits } from "../../examples/dataflows/breadth-first.ts";
import { edges } from "../../examples/dataflows/nodes.ts";
import { input } from "../../src/index.ts";
import { Random, simulate } from "../../src/simulation/index.ts";
import { distances } from "../oracle/breadth-first.ts";
import { drawEdges, neighbours, share } from "./random-graph.ts";

describe("breadth-first search", () => {
  it.each([1, 2, 3, 4])("finds the levels of all nodes on %i workers", (workers) => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const nodes = 1 + random.below(30);
      const graph = drawEdges(random, nodes, 3 * nodes);
      const roots = share(
        Array.from({ length: nodes }, (_, node) => node),
        0,
        7,
      );
      const found: Found[] = [];
      simulate({ seed, workers }, function* (worker) {
        const feeds = worker.dataflow((scope) => {
          const graph = input(scope, edges);
          const roots = input(scope, visits);
          found[worker.index] = breadthFirst(graph.stream, roots.stream, nodes).found;
          return { graph, roots };
        });
        for (const node of share(roots, worker.index, workers)) feeds.roots.send({ node, parent: node });
        feeds.roots.close();
        for (const edge of share(graph, worker.index, workers)) {
          feeds.graph.send(edge);
          yield;
        }
        feeds.graph.close();
      });

      const lists = neighbours(graph, nodes);
      const expected = distances(lists, roots);
      for (let node = 0; node < nodes; node++) {
        const { parents, levels } = found[node % workers] as Found;
        const place = Math.floor(node / workers);
        const parent = parents[place] as number;
        const level = expected.get(node);
        if (level === undefined) {
          expect(parent, `seed ${seed}, node ${node}`).toBe(unreached);
          continue;
        }
        expect(levels[place], `seed ${seed}, node ${node}`).toBe(level + 1);
        if (level === 0) expect(parent).toBe(node);
        else {
          expect(expected.get(parent)).toBe(level - 1);
          expect(lists[parent]).toContain(node);
        }
      }
      const counted = found.flatMap(({ phases }) => phases.map((phase) => phase.nodes));
      expect(counted.reduce((sum, count) => sum + count, 0)).toBe(expected.size);
    }
  });
});
