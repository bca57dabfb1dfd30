// GraphML (graphml.graphdrawing.org), as far as networks use it: one flat graph with data; all of the Topology Zoo.
// saxes is strict, knows no entities but XML's five and character references, and does not recurse.

import { SaxesParser } from "saxes";
import type { AttributeValue, NodeSpec, Topology } from "../network/index.ts";
import { quoted } from "../network/routing-error.ts";
import { checkLength, FormatError } from "./format-error.ts";
import { type LinkEntry, type ReadOptions, readNumber, readWeight, TopologyBuilder } from "./topology-builder.ts";

/** A declared attribute. */
interface Key {
  readonly name: string;
  /** "node", "edge", "graph", "all"… */
  readonly domain: string;
  readonly type: string;
  fallback: string | undefined;
}

/** A node, edge or graph: its XML attributes, and its data as texts by key id. */
interface Element {
  readonly xml: Readonly<Record<string, string>>;
  readonly line: number;
  readonly data: Map<string, string>;
}

/**
 * Reads a network from GraphML. A node's id is its XML `id`, its label and position the data named `label`, `Latitude`
 * and `Longitude`. A link's id is the XML `id` of its edge (data that is named id does not count), else made from its ends;
 * its weight stands in data, or failing that in an XML attribute, of the wanted name. Edges of directed graphs are read as
 * links like any others, with both directions.
 *
 * @throws FormatError with the line, also for hyperedges and nested or several graphs, which are not read.
 */
export function readGraphml(text: string, options: ReadOptions = {}): Topology {
  checkLength(text);
  const document = new GraphmlDocument();
  const parser = new SaxesParser({ xmlns: false, position: true });
  parser.on("opentag", (tag) => document.open(tag.name, tag.attributes, parser.line));
  parser.on("text", (chunk) => document.text(chunk));
  parser.on("cdata", (chunk) => document.text(chunk));
  parser.on("closetag", () => document.close());
  parser.on("error", (error) => {
    const message = error.message.replace(/^(?:\d+:)?\d+:\d+: /, "");
    throw new FormatError("SYNTAX", `not well-formed XML: ${message}`, parser.line);
  });
  // A byte order mark is the encoding's, not the document's.
  parser.write(text.startsWith("\uFEFF") ? text.slice(1) : text).close();
  return document.topology(options);
}

/** The elements of a document that say something about its network. */
class GraphmlDocument {
  readonly #keys = new Map<string, Key>();
  readonly #nodes: Element[] = [];
  readonly #edges: Element[] = [];
  #graph: Element | undefined;
  /** The latest of the keys. */
  #key: Key | undefined;

  /** Local names of the open elements, outermost first. */
  readonly #path: string[] = [];
  /** Takes the text of the open `data` or `default` element, if one is open. */
  #sink: ((text: string) => void) | undefined;
  #sinkDepth = 0;
  #text = "";

  open(qualifiedName: string, xml: Readonly<Record<string, string>>, line: number): void {
    const path = this.#path;
    path.push(qualifiedName.slice(qualifiedName.indexOf(":") + 1));
    // Whatever is deeper belongs to a tool's own data.
    if (path.length > 4) return;
    const place = path.join("/");
    const element: Element = { xml, line, data: new Map() };
    switch (place) {
      case "graphml":
      case "graphml/graph/node/port":
        return;
      case "graphml/key":
        this.#key = {
          name: attribute(xml, "attr.name") ?? attribute(xml, "id") ?? "",
          domain: attribute(xml, "for") ?? "all",
          type: attribute(xml, "attr.type") ?? "string",
          fallback: undefined,
        };
        this.#keys.set(attribute(xml, "id") ?? "", this.#key);
        return;
      case "graphml/key/default": {
        const key = this.#key as Key;
        this.#takeText((text) => {
          key.fallback = text;
        });
        return;
      }
      case "graphml/graph":
        if (this.#graph !== undefined) throw new FormatError("UNSUPPORTED", "a second graph; one graph is read", line);
        this.#graph = element;
        return;
      case "graphml/graph/node":
        this.#nodes.push(element);
        return;
      case "graphml/graph/edge":
        this.#edges.push(element);
        return;
      case "graphml/graph/data":
        this.#takeData(this.#graph as Element, xml);
        return;
      case "graphml/graph/node/data":
        this.#takeData(this.#nodes.at(-1) as Element, xml);
        return;
      case "graphml/graph/edge/data":
        this.#takeData(this.#edges.at(-1) as Element, xml);
        return;
      case "graphml/graph/hyperedge":
        throw new FormatError("UNSUPPORTED", "a hyperedge; links join two nodes", line);
      case "graphml/graph/node/graph":
      case "graphml/graph/edge/graph":
        throw new FormatError("UNSUPPORTED", "a nested graph; one flat graph is read", line);
      default:
        if (path.length === 1) {
          throw new FormatError("STRUCTURE", `the root element is ${quoted(qualifiedName)}, not graphml`, line);
        }
    }
  }

  text(chunk: string): void {
    if (this.#sink !== undefined && this.#path.length === this.#sinkDepth) this.#text += chunk;
  }

  close(): void {
    if (this.#path.length === this.#sinkDepth) {
      this.#sink?.(this.#text);
      this.#sink = undefined;
    }
    this.#path.pop();
  }

  topology(options: ReadOptions): Topology {
    const graph = this.#graph;
    if (graph === undefined) throw new FormatError("STRUCTURE", "there is no graph element in graphml");
    const builder = new TopologyBuilder();
    for (const node of this.#nodes) {
      const id = attribute(node.xml, "id");
      if (id === undefined) throw new FormatError("BAD_ID", "a node has no id", node.line);
      builder.addNode(nodeSpec(id, this.#attributes(node, "node")), node.line);
    }
    for (const edge of this.#edges) builder.addLink(this.#link(edge, options.weightFrom));
    const { label } = this.#attributes(graph, "graph");
    return builder.finish(label === undefined ? attribute(graph.xml, "id") : String(label));
  }

  #link({ xml, line, data }: Element, weightFrom: string | undefined): LinkEntry {
    const from = attribute(xml, "source");
    const to = attribute(xml, "target");
    if (from === undefined || to === undefined) {
      throw new FormatError("STRUCTURE", `an edge has no ${from === undefined ? "source" : "target"}`, line);
    }
    const id = attribute(xml, "id");
    const ends = { ...(id === undefined ? {} : { id }), from, to };
    const attributes = this.#attributes({ xml, line, data }, "edge");
    const name = weightFrom ?? "weight";
    const found = Object.hasOwn(attributes, name) ? attributes[name] : attribute(xml, name);
    const weight = found === undefined && weightFrom === undefined ? 1 : readWeight(ends, name, found, line);
    return { ...ends, forward: weight, backward: weight, attributes, line };
  }

  /** An element's data by attribute name; a name's first value counts, and defaults only where there is none. */
  #attributes(element: Element, domain: string): Record<string, AttributeValue> {
    const attributes = new Map<string, AttributeValue>();
    for (const [id, text] of element.data) {
      const { name, type } = this.#keys.get(id) ?? { name: id, type: "string" };
      if (!attributes.has(name)) attributes.set(name, attributeValue(text, type));
    }
    for (const { name, domain: of, type, fallback } of this.#keys.values()) {
      if (fallback === undefined || (of !== domain && of !== "all") || attributes.has(name)) continue;
      attributes.set(name, attributeValue(fallback, type));
    }
    return Object.fromEntries(attributes);
  }

  #takeData(owner: Element, xml: Readonly<Record<string, string>>): void {
    const key = attribute(xml, "key") ?? "";
    this.#takeText((text) => {
      if (!owner.data.has(key)) owner.data.set(key, text);
    });
  }

  #takeText(sink: (text: string) => void): void {
    this.#sink = sink;
    this.#sinkDepth = this.#path.length;
    this.#text = "";
  }
}

function attribute(xml: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(xml, name) ? xml[name] : undefined;
}

function attributeValue(text: string, type: string): AttributeValue {
  if (type === "boolean") return text.trim() === "true" || text.trim() === "1";
  if (type === "string") return text;
  return readNumber(text) ?? text;
}

function nodeSpec(id: string, attributes: Readonly<Record<string, AttributeValue>>): NodeSpec {
  const { label, Latitude: latitude, Longitude: longitude } = attributes;
  return {
    id,
    ...(label === undefined ? {} : { label: String(label) }),
    ...(typeof latitude === "number" && typeof longitude === "number" ? { position: { latitude, longitude } } : {}),
    attributes,
  };
}
