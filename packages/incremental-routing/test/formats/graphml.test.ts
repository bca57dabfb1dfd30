import { describe, expect, it } from "vitest";
import { FormatError, readGraphml } from "../../src/formats/index.ts";
import { Network } from "../../src/network/index.ts";
import { hasSharedData, sharedData, skipNote } from "../oracle/index.ts";

const graphml = (body: string, keys = "") => `<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">${keys}<graph edgedefault="undirected">${body}</graph></graphml>`;

const AB = `<node id="a"/><node id="b"/>`;

function codeOf(text: string, weightFrom?: string): [string, number | undefined] {
  try {
    readGraphml(text, weightFrom === undefined ? {} : { weightFrom });
  } catch (error) {
    if (error instanceof FormatError) return [error.code, error.line];
    throw error;
  }
  return ["none", undefined];
}

describe.skipIf(!hasSharedData)(`readGraphml on the Topology Zoo${skipNote}`, () => {
  const files = sharedData("topology-zoo");

  it.each(files)("reads $name", ({ text }) => {
    const topology = readGraphml(text);
    expect(topology.nodes.length).toBe([...text.matchAll(/<node\b/g)].length);
    const edges = [...text.matchAll(/<edge\b[^>]*>/g)].map(([tag]) => [
      /source="([^"]*)"/.exec(tag)![1]!,
      /target="([^"]*)"/.exec(tag)![1]!,
    ]);
    const used = new Map<string, number>();
    const ids = edges.map(([from, to]) => {
      const name = `${from}--${to}`;
      used.set(name, (used.get(name) ?? 0) + 1);
      return used.get(name) === 1 ? name : `${name}#${used.get(name)}`;
    });
    expect(topology.links.map(({ id }) => id)).toEqual(ids);
    expect(topology.links.map(({ from, to }) => [from, to])).toEqual(edges);
    const placed = [...text.matchAll(/<node\b.*?<\/node>/gs)].filter(([node]) => {
      const keyOf = (name: string) => new RegExp(`attr.name="${name}"[^>]*for="node" id="([^"]*)"`).exec(text)?.[1];
      return ["Latitude", "Longitude"].every((name) => node.includes(`<data key="${keyOf(name)}">`));
    });
    expect(topology.nodes.filter(({ position }) => position !== undefined).length).toBe(placed.length);
    expect(new Network(topology).linkCount).toBe(edges.length);
  });

  it("reads names, labels and places", () => {
    const geant = readGraphml(files.find(({ name }) => name === "Geant2012.graphml")!.text);
    expect(geant.name).toBe("Geant2012");
    expect(geant.nodes.every(({ label }) => label !== undefined && label !== "")).toBe(true);
    for (const { position } of geant.nodes) {
      if (position === undefined || !("latitude" in position)) continue;
      expect(Math.abs(position.latitude)).toBeLessThanOrEqual(90);
      expect(Math.abs(position.longitude)).toBeLessThanOrEqual(180);
    }
  });

  it("takes weights from another attribute, and names the edge that lacks it", () => {
    const speeds = files.filter(({ text }) => text.includes('"LinkSpeedRaw"'));
    expect(speeds.length).toBeGreaterThan(5);
    let complete = 0;
    for (const { text } of speeds) {
      const key = /attr.name="LinkSpeedRaw"[^>]*id="([^"]*)"/.exec(text)![1];
      const values = [...text.matchAll(new RegExp(`<data key="${key}">([^<]*)</data>`, "g"))].map(([, value]) =>
        Number(value),
      );
      if (values.length === [...text.matchAll(/<edge\b/g)].length) {
        complete++;
        expect(readGraphml(text, { weightFrom: "LinkSpeedRaw" }).links.map(({ forward }) => forward)).toEqual(values);
      } else {
        expect(() => readGraphml(text, { weightFrom: "LinkSpeedRaw" })).toThrow(/link ".*--.*" has no "LinkSpeedRaw"/);
      }
    }
    expect(complete).toBeGreaterThan(0);
  });
});

describe("readGraphml", () => {
  it("takes link ids from the XML attribute, never from data named id, and names the others", () => {
    const keys = `<key id="d0" for="edge" attr.name="id" attr.type="string"/>`;
    const { links } = readGraphml(
      graphml(
        `<edge source="a" target="b"><data key="d0">e9</data></edge>
         <edge source="a" target="b" id="a--b#2"/>
         <edge source="a" target="b"/>
         <edge source="b" target="a"/>
         <edge source="a" target="a"/>
         ${AB}<edge source="a" target="b"/>`,
        keys,
      ),
    );
    expect(links.map(({ id }) => id)).toEqual(["a--b", "a--b#2", "a--b#3", "b--a", "a--a", "a--b#4"]);
    expect(links[0]!.attributes).toEqual({ id: "e9" });
  });

  it("keeps a later XML id out of the way of made names", () => {
    const { links } = readGraphml(graphml(`${AB}<edge source="a" target="b"/><edge id="a--b" source="b" target="a"/>`));
    expect(links.map(({ id }) => id)).toEqual(["a--b#2", "a--b"]);
  });

  it("reads weights from data, defaults and XML attributes, 1 where there are none", () => {
    const keys = `<key id="w" for="edge" attr.name="weight" attr.type="double"/>
      <key id="m" for="all" attr.name="metric" attr.type="int"><default> 7 </default></key>`;
    const text = graphml(
      `${AB}<edge source="a" target="b"><data key="w">2.50</data><data key="m">3</data></edge>
       <edge source="a" target="b"/><edge source="a" target="b" weight="4"/>`,
      keys,
    );
    expect(readGraphml(text).links.map(({ forward, backward }) => [forward, backward])).toEqual([
      [2.5, 2.5],
      [1, 1],
      [4, 4],
    ]);
    expect(readGraphml(text, { weightFrom: "metric" }).links.map(({ forward }) => forward)).toEqual([3, 7, 7]);
    expect(() => readGraphml(text, { weightFrom: "cost" })).toThrow('link "a--b" has no "cost"');
  });

  it("reads character references, CDATA, prefixes and foreign data", () => {
    const text = `\uFEFF<?xml version="1.0"?><!DOCTYPE graphml SYSTEM "graphml.dtd"><!-- <graph/> -->
      <g:graphml xmlns:g="http://graphml.graphdrawing.org/xmlns"><g:key id="l" for="node" attr.name="label"/>
      <g:graph id="net" edgedefault="directed"><g:node id="a&amp;&#98;"><g:data key="l">Z&#252;<![CDATA[<r>]]>ich</g:data></g:node>
      <g:node id="c"><g:data key="y"><y:Shape><y:data>no</y:data><graph><node id="x"/></graph></y:Shape></g:data></g:node>
      <g:edge source="a&amp;b" target="c"/></g:graph></g:graphml>`;
    const { name, nodes, links } = readGraphml(text);
    expect(name).toBe("net");
    expect(nodes.map(({ id, label }) => [id, label])).toEqual([
      ["a&b", "Zü<r>ich"],
      ["c", undefined],
    ]);
    expect(links.map(({ id }) => id)).toEqual(["a&b--c"]);
  });

  it("says what is wrong, and on which line", () => {
    const weight = `<key id="w" for="edge" attr.name="weight" attr.type="double"/>`;
    const weighed = (value: string) =>
      graphml(`${AB}<edge source="a" target="b"><data key="w">${value}</data></edge>`, weight);
    const cases: [string, string, number | undefined][] = [
      ["", "SYNTAX", 1],
      ["not xml", "SYNTAX", 1],
      [graphml(`${AB}\n<edge`), "SYNTAX", 3],
      [graphml(`<node id="a">`), "SYNTAX", 2],
      [graphml(`<node id="&lol;"/>`), "SYNTAX", 2],
      ["<svg/>", "STRUCTURE", 1],
      ["<graphml/>", "STRUCTURE", undefined],
      ["<graphml><graph/><graph/></graphml>", "UNSUPPORTED", 1],
      [graphml(`<node id="a"><graph/></node>`), "UNSUPPORTED", 2],
      [graphml(`<hyperedge/>`), "UNSUPPORTED", 2],
      [graphml(`<node/>`), "BAD_ID", 2],
      [graphml(`<node id=""/>`), "BAD_ID", 2],
      [graphml(`${AB}\n<node id="a"/>`), "DUPLICATE_ID", 3],
      [graphml(`${AB}<edge source="a"/>`), "STRUCTURE", 2],
      [graphml(`${AB}<edge source="a" target="z"/>`), "UNKNOWN_NODE", 2],
      [graphml(`${AB}<edge id="e" source="a" target="b"/><edge id="e" source="a" target="b"/>`), "DUPLICATE_ID", 2],
      [weighed("fast"), "BAD_WEIGHT", 2],
      [weighed("0"), "BAD_WEIGHT", 2],
      [weighed("-1"), "BAD_WEIGHT", 2],
      [weighed(""), "BAD_WEIGHT", 2],
      [weighed("1e999"), "BAD_WEIGHT", 2],
      [weighed("Infinity"), "BAD_WEIGHT", 2],
    ];
    for (const [text, code, line] of cases) expect([text, ...codeOf(text)]).toEqual([text, code, line]);
  });

  it("expands no entities of the document's own and reads no files", () => {
    const lol = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
    const bomb = `<!DOCTYPE graphml [<!ENTITY l0 "lol">${lol}]><graphml><graph><node id="&l10;"/></graph></graphml>`;
    expect(codeOf(bomb)[0]).toBe("SYNTAX");
    const file = `<!DOCTYPE graphml [<!ENTITY f SYSTEM "file:///etc/hostname">]><graphml><graph><node id="&f;"/></graph></graphml>`;
    expect(codeOf(file)[0]).toBe("SYNTAX");
  });

  it("takes deep nesting and names of object prototypes for what they are", () => {
    const depth = 100_000;
    expect(codeOf(graphml(`<node id="a">${"<x>".repeat(depth)}${"</x>".repeat(depth)}</node>`))[0]).toBe("none");
    expect(codeOf("<x>".repeat(depth))[0]).toBe("STRUCTURE");
    const keys = `<key id="__proto__" for="node" attr.name="__proto__"/>`;
    const { nodes } = readGraphml(
      graphml(`<node id="__proto__"><data key="__proto__">x</data></node><node id="constructor"/>`, keys),
    );
    expect(nodes.map(({ id }) => id)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(nodes[0]!.attributes!)).toBe(Object.prototype);
  });
});
