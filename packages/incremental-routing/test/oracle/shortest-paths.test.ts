import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Topology } from "../../src/network/index.ts";
import { NaiveNetwork, networkUnderChange, RouteSnapshot } from "./index.ts";

/** Every simple path from `from` to `to` as node and link ids, by walking them all. */
function allPaths(network: NaiveNetwork, from: string, to: string) {
  const arcs = network.arcs();
  const found: { sum: number; nodes: string[]; links: string[] }[] = [];
  const walk = (sum: number, nodes: string[], links: string[]): void => {
    const at = nodes.at(-1)!;
    if (at === to) found.push({ sum, nodes, links });
    else if (nodes.length > 1 && network.nodes.get(at)!.drained) return;
    else {
      for (const arc of arcs) {
        if (arc.from !== at || nodes.includes(arc.to)) continue;
        walk(sum + Math.round(arc.weight * 100), [...nodes, arc.to], [...links, arc.link]);
      }
    }
  };
  if (network.nodes.get(from)?.up && network.nodes.get(to)?.up) walk(0, [from], []);
  return found;
}

describe("RouteSnapshot", () => {
  it("equals the walk over all simple paths", () => {
    fc.assert(
      fc.property(networkUnderChange({ maxNodes: 5, weights: "decimal", epochs: 4 }), ({ topology, epochs }) => {
        const network = new NaiveNetwork(topology);
        for (const { changes } of epochs) network.applyEpoch(changes);
        fc.pre(network.links.size <= 14);
        const routes = new RouteSnapshot(network);
        for (const from of network.nodes.keys()) {
          for (const to of network.nodes.keys()) {
            const paths = allPaths(network, from, to);
            const least = Math.min(...paths.map(({ sum }) => sum));
            const shortest = paths.filter(({ sum }) => sum === least);
            // By node ids hop by hop, then by link ids: the order in which path must choose.
            const keyed = shortest.map(
              (path) => [JSON.stringify(path.nodes.map((n, i) => [n, path.links[i - 1]])), path] as const,
            );
            const first = keyed.sort(([a], [b]) => (a < b ? -1 : 1))[0]?.[1];
            expect(routes.answer(from, to)).toEqual({
              distance: first ? least / 100 : null,
              nextHops: [...new Set(shortest.flatMap(({ nodes }) => nodes.slice(1, 2)))].sort(),
              path: first?.nodes ?? null,
              links: first?.links ?? null,
              pathCount: String(shortest.length),
            });
            const links = [...new Set(shortest.flatMap((path) => path.links.slice(0, 1)))].sort();
            expect(routes.nextHopLinks(from, to)).toEqual(links);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("counts changed pairs and sets by hand", () => {
    const square: Topology = {
      nodes: ["a", "b", "c", "d"].map((id) => ({ id })),
      links: ["ab", "bd", "ac", "cd"].map((id) => ({ id, from: id[0]!, to: id[1]!, forward: 1, backward: 1 })),
    };
    const network = new NaiveNetwork(square);
    const before = new RouteSnapshot(network);
    expect(before.answer("a", "d")).toEqual({
      distance: 2,
      nextHops: ["b", "c"],
      path: ["a", "b", "d"],
      links: ["ab", "bd"],
      pathCount: "2",
    });
    network.applyEpoch([{ op: "link-down", link: "ab" }]);
    const cut = new RouteSnapshot(network);
    // a and b now reach each other the long way round; a and d, b and c lose one of two next hops toward each other.
    expect(RouteSnapshot.compare(before, cut)).toEqual({ pairsChanged: 2, nextHopSetsChanged: 6 });
    network.applyEpoch([{ op: "node-drain", node: "c" }]);
    const drained = new RouteSnapshot(network);
    expect(drained.distance("a", "b")).toBeNull();
    expect(drained.answer("a", "c").path).toEqual(["a", "c"]);
    network.applyEpoch([{ op: "node-down", node: "c" }]);
    expect(new RouteSnapshot(network).answer("c", "c")).toEqual({
      distance: null,
      nextHops: [],
      path: null,
      links: null,
      pathCount: "0",
    });
    expect(before.answer("a", "a")).toEqual({ distance: 0, nextHops: [], path: ["a"], links: [], pathCount: "1" });
  });
});
