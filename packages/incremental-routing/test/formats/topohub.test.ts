import { describe, expect, it } from "vitest";
import { FormatError, readTopohub } from "../../src/formats/index.ts";
import { Network } from "../../src/network/index.ts";
import { hasSharedData, sharedData, skipNote } from "../oracle/index.ts";

describe.skipIf(!hasSharedData)(`readTopohub on TopoHub${skipNote}`, () => {
  it.each(sharedData("topohub"))("reads $name", ({ text }) => {
    const topology = readTopohub(text);
    const stat = (name: string) => Number(new RegExp(`"${name}": (\\d+)`).exec(text)![1]);
    expect(topology.nodes.length).toBe(stat("nodes"));
    expect(topology.links.length).toBe(stat("links"));
    expect(topology.links.every(({ forward, backward }) => forward === 1 && backward === 1)).toBe(true);
    expect(topology.nodes.every(({ position }) => position !== undefined)).toBe(true);
    const { links } = readTopohub(text, { weightFrom: "dist" });
    const distances = [...text.matchAll(/"dist": ([\d.]+)/g)].map(([, dist]) => Number(dist));
    expect(links.map(({ forward }) => forward)).toEqual(distances);
    expect(new Network({ ...topology, links }).linkCount).toBe(distances.length);
  });
});

describe("readTopohub", () => {
  it("takes ids as strings, edges or links, ids and weights where there are", () => {
    const topology = readTopohub(
      JSON.stringify({
        graph: { name: "net" },
        nodes: [
          { id: 0, name: "R0", pos: [8.5, 47.4] },
          { id: "b", kind: "pop" },
        ],
        links: [
          { source: 0, target: "b", id: 12, weight: 0.5 },
          { source: "0", target: "b" },
          { source: "b", target: 0, dist: 3 },
        ],
      }),
    );
    expect(topology.name).toBe("net");
    expect(topology.nodes).toEqual([
      { id: "0", label: "R0", position: { longitude: 8.5, latitude: 47.4 }, attributes: {} },
      { id: "b", attributes: { kind: "pop" } },
    ]);
    expect(topology.links.map(({ id, forward }) => [id, forward])).toEqual([
      ["12", 0.5],
      ["0--b", 1],
      ["b--0", 1],
    ]);
  });

  it("takes places for a plane's when one is no place on Earth", () => {
    const { nodes } = readTopohub(`{"nodes":[{"id":1,"pos":[1,2]},{"id":2,"pos":[3,181]}],"edges":[]}`);
    expect(nodes.map(({ position }) => position)).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 181 },
    ]);
  });

  it("says what is wrong and where", () => {
    const nodes = `"nodes":[{"id":1},{"id":2}]`;
    const cases: [string, string, string][] = [
      ["", "SYNTAX", "JSON"],
      ["[", "SYNTAX", "JSON"],
      ["[]", "STRUCTURE", "document"],
      ["{}", "STRUCTURE", '"nodes"'],
      [`{${nodes}}`, "STRUCTURE", '"links"'],
      [`{${nodes},"edges":{}}`, "STRUCTURE", '"edges"'],
      [`{"nodes":[7],"edges":[]}`, "STRUCTURE", "nodes[0]"],
      [`{"nodes":[{}],"edges":[]}`, "BAD_ID", "nodes[0]"],
      [`{"nodes":[{"id":null}],"edges":[]}`, "BAD_ID", "nodes[0]"],
      [`{"nodes":[{"id":1},{"id":"1"}],"edges":[]}`, "DUPLICATE_ID", '"1"'],
      [`{${nodes},"edges":[{"source":1}]}`, "BAD_ID", "edges[0]"],
      [`{${nodes},"edges":[{"source":1,"target":3}]}`, "UNKNOWN_NODE", '"1--3"'],
      [`{${nodes},"edges":[{"source":1,"target":2,"weight":0}]}`, "BAD_WEIGHT", '"1--2"'],
      [`{${nodes},"edges":[{"source":1,"target":2,"weight":null}]}`, "BAD_WEIGHT", '"1--2"'],
      [`{${nodes},"edges":[{"source":1,"target":2,"id":{}}]}`, "BAD_ID", "edges[0]"],
      [`{"__proto__":{"nodes":[]},"edges":[]}`, "STRUCTURE", '"nodes"'],
    ];
    for (const [text, code, culprit] of cases) {
      let caught: unknown;
      try {
        readTopohub(text);
      } catch (error) {
        caught = error;
      }
      expect([text, caught]).toEqual([text, expect.any(FormatError)]);
      expect([text, (caught as FormatError).code]).toEqual([text, code]);
      expect((caught as FormatError).message).toContain(culprit);
    }
  });
});
