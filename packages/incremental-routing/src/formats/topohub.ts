// TopoHub's node-link JSON (github.com/piotrjurkiewicz/topohub), which is that of networkx.

import type { AttributeValue, NodeSpec, Topology } from "../network/index.ts";
import { quoted } from "../network/routing-error.ts";
import { checkLength, FormatError } from "./format-error.ts";
import { type LinkEntry, type ReadOptions, readWeight, TopologyBuilder } from "./topology-builder.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a network from node-link JSON: `nodes` with `id`, `name` and `pos`; `edges` (or `links`) with `source`, `target`
 * and, where there are, `id` and `weight`. Ids may be numbers and become strings. Positions are degrees of longitude and
 * latitude when all of them could be, else places in a plane. Edges of directed graphs are links with both directions.
 *
 * @throws FormatError naming the node or edge by its place, such as `edges[3]`.
 */
export function readTopohub(text: string, options: ReadOptions = {}): Topology {
  checkLength(text);
  let document: unknown;
  try {
    document = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch (error) {
    throw new FormatError("SYNTAX", `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const root = object(document, "the document");
  const edgesField = own(root, "edges") === undefined ? "links" : "edges";
  const nodes = list(own(root, "nodes"), "nodes").map((node, i) => object(node, `nodes[${i}]`));
  const builder = new TopologyBuilder();
  const geographic = nodes.every((node) => isGeographic(own(node, "pos")));
  nodes.forEach((node, i) => {
    builder.addNode(nodeSpec(identifier(own(node, "id"), `nodes[${i}]`, "id"), node, geographic));
  });
  list(own(root, edgesField), edgesField).forEach((value, i) => {
    builder.addLink(linkEntry(object(value, `${edgesField}[${i}]`), `${edgesField}[${i}]`, options.weightFrom));
  });
  const graph = own(root, "graph");
  const name = isObject(graph) ? own(graph, "name") : undefined;
  return builder.finish(typeof name === "string" ? name : undefined);
}

function nodeSpec(id: string, node: JsonObject, geographic: boolean): NodeSpec {
  const name = own(node, "name");
  const pos = own(node, "pos");
  const attributes = scalars(node, ["id", "name", "pos"]);
  const spec = { id, ...(typeof name === "string" ? { label: name } : {}), attributes };
  if (!isPair(pos)) return spec;
  const [x, y] = pos;
  return { ...spec, position: geographic ? { longitude: x, latitude: y } : { x, y } };
}

function linkEntry(edge: JsonObject, place: string, weightFrom: string | undefined): LinkEntry {
  const from = identifier(own(edge, "source"), place, "source");
  const to = identifier(own(edge, "target"), place, "target");
  const id = own(edge, "id");
  const ends = { ...(id === undefined ? {} : { id: identifier(id, place, "id") }), from, to };
  const name = weightFrom ?? "weight";
  const found = own(edge, name);
  const weight = found === undefined && weightFrom === undefined ? 1 : readWeight(ends, name, found);
  return { ...ends, forward: weight, backward: weight, attributes: scalars(edge, ["id", "source", "target"]) };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: unknown, place: string): JsonObject {
  if (isObject(value)) return value;
  throw new FormatError("STRUCTURE", `${place} is ${quoted(value)}, not an object`);
}

function list(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FormatError(
    "STRUCTURE",
    value === undefined ? `there is no list ${quoted(field)}` : `${quoted(field)} is no list`,
  );
}

/** A field of the object's own, so that a hostile key such as "__proto__" reads nothing. */
function own(record: JsonObject, field: string): unknown {
  return Object.hasOwn(record, field) ? record[field] : undefined;
}

function identifier(value: unknown, place: string, field: string): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  const found = value === undefined ? `has no ${quoted(field)}` : `has ${quoted(field)} ${quoted(value)}`;
  throw new FormatError("BAD_ID", `${place} ${found}; ids are strings or numbers`);
}

function isPair(pos: unknown): pos is [number, number] {
  return Array.isArray(pos) && pos.length === 2 && pos.every((part) => Number.isFinite(part));
}

function isGeographic(pos: unknown): boolean {
  return !isPair(pos) || (Math.abs(pos[0]) <= 180 && Math.abs(pos[1]) <= 90);
}

function scalars(record: JsonObject, except: readonly string[]): Record<string, AttributeValue> {
  const entries = Object.entries(record).filter((entry): entry is [string, AttributeValue] => {
    return !except.includes(entry[0]) && ["string", "number", "boolean"].includes(typeof entry[1]);
  });
  return Object.fromEntries(entries);
}
