import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { colourEdges } from "../../src/planner/edge-colouring.ts";

// Few vertices give parallel edges, many give sparse graphs; vertex numbers have gaps.
const graph = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .chain(([left, right]) => fc.array(fc.tuple(fc.nat(left), fc.nat(right)), { maxLength: 120 }))
  .map((edges) => edges.map(([left, right]) => [left * 1000, right * 1001] as const));

describe("colourEdges", () => {
  it("is proper, with every colour used and as many colours as the maximum degree (König)", () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const left = Uint32Array.from(edges, ([u]) => u);
        const right = Uint32Array.from(edges, ([, v]) => v);
        const { colours, count } = colourEdges(left, right);
        const degrees = new Map<string, number>();
        const seen = new Set<string>();
        edges.forEach(([u, v], i) => {
          for (const vertex of [`left ${u}`, `right ${v}`]) {
            degrees.set(vertex, (degrees.get(vertex) ?? 0) + 1);
            const use = `${vertex} ${colours[i]}`;
            expect(seen.has(use)).toBe(false);
            seen.add(use);
          }
        });
        expect(count).toBe(Math.max(0, ...degrees.values()));
        expect(new Set(colours).size).toBe(count);
      }),
      { numRuns: 1000 },
    );
  });

  it("copes with one source for all, and with as many sources as edges", () => {
    const edges = 5000;
    const numbers = Uint32Array.from({ length: edges }, (_, i) => i);
    expect(colourEdges(new Uint32Array(edges), numbers).count).toBe(edges);
    expect(colourEdges(numbers, numbers).count).toBe(1);
  });
});
