import { fatTree, jupiter, ring, type Topology } from "@limmat/incremental-routing";
import { describe, expect, it } from "vitest";
import { type Layout, layOut } from "../../web/map/layout.ts";
import { modelOf } from "./model.ts";

const checkInside = ({ x, y, width, height }: Layout) => {
  for (let node = 0; node < x.length; node++) {
    expect(Number.isFinite(x[node]) && Number.isFinite(y[node])).toBe(true);
    // Nodes in one place are spread around it.
    expect(x[node]).toBeGreaterThan(-100);
    expect(x[node]).toBeLessThan(width + 100);
    expect(y[node]).toBeGreaterThan(-100);
    expect(y[node]).toBeLessThan(height + 100);
  }
};

describe("a layout", () => {
  it("keeps what is north up and what is east right", () => {
    const place = (id: string, latitude: number, longitude: number) => ({ id, position: { latitude, longitude } });
    const nodes = [place("zurich", 47.37, 8.54), place("rome", 41.9, 12.5), place("oslo", 59.9, 10.75)];
    const layout = layOut(modelOf({ nodes, links: [] }));
    const [zurich, rome, oslo] = [0, 1, 2] as const;
    expect(layout.x[zurich]).toBeLessThan(layout.x[oslo] as number);
    expect(layout.x[oslo]).toBeLessThan(layout.x[rome] as number);
    expect(layout.y[oslo]).toBeLessThan(layout.y[zurich] as number);
    expect(layout.y[zurich]).toBeLessThan(layout.y[rome] as number);
    checkInside(layout);
  });

  it("puts a node without a place between its neighbours, and the lost ones aside", () => {
    const nodes = [
      { id: "a", position: { latitude: 0, longitude: 0 } },
      { id: "b", position: { latitude: 0, longitude: 10 } },
      { id: "between" },
      { id: "lost" },
    ];
    const link = (from: string, to: string) => ({ id: `${from}${to}`, from, to, forward: 1, backward: 1 });
    const layout = layOut(modelOf({ nodes, links: [link("a", "between"), link("between", "b")] }));
    expect(layout.x[2]).toBeCloseTo(((layout.x[0] as number) + (layout.x[1] as number)) / 2);
    expect(layout.y[3]).toBeGreaterThan(layout.y[0] as number);
    checkInside(layout);
  });

  it("keeps the layers of a fabric apart, and folds those that are too dense", () => {
    for (const topology of [fatTree(8), jupiter()]) {
      const layout = layOut(modelOf(topology));
      const ranges = new Map<string, [number, number]>();
      topology.nodes.forEach(({ attributes }, node) => {
        const role = String(attributes?.role);
        const [top, bottom] = ranges.get(role) ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
        ranges.set(role, [Math.min(top, layout.y[node] as number), Math.max(bottom, layout.y[node] as number)]);
      });
      const sorted = [...ranges.values()].sort(([a], [b]) => a - b);
      expect(sorted.length).toBe(3);
      for (let i = 1; i < sorted.length; i++) expect(sorted[i]?.[0]).toBeGreaterThan(sorted[i - 1]?.[1] as number);
      checkInside(layout);
      // No two nodes share a place.
      expect(new Set(topology.nodes.map((_, node) => `${layout.x[node]} ${layout.y[node]}`)).size).toBe(
        topology.nodes.length,
      );
    }
  });

  it("finds places where there are none: neighbours stand closer than others", () => {
    const { nodes, links }: Topology = ring(24);
    const layout = layOut(modelOf({ nodes: nodes.map(({ id }) => ({ id })), links }));
    checkInside(layout);
    const distance = (a: number, b: number) =>
      Math.hypot((layout.x[a] as number) - (layout.x[b] as number), (layout.y[a] as number) - (layout.y[b] as number));
    for (let node = 0; node < 24; node++)
      expect(distance(node, (node + 1) % 24)).toBeLessThan(distance(node, (node + 12) % 24));
  });

  it("lays out what is hardly a network", () => {
    checkInside(layOut(modelOf({ nodes: [], links: [] })));
    checkInside(layOut(modelOf({ nodes: [{ id: "one" }], links: [] })));
    const same = Array.from({ length: 5 }, (_, i) => ({ id: `${i}`, position: { latitude: 7, longitude: 7 } }));
    const layout = layOut(modelOf({ nodes: same, links: [] }));
    expect(new Set(same.map((_, node) => `${layout.x[node]} ${layout.y[node]}`)).size).toBe(5);
  });
});
