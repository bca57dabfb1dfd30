// One way in for network files of all formats.

import type { Topology } from "../network/index.ts";
import { readEdgeList } from "./edge-list.ts";
import { readGraphml } from "./graphml.ts";
import { readTopohub } from "./topohub.ts";
import type { ReadOptions } from "./topology-builder.ts";

/**
 * Reads a network file: by its extension `.graphml`, `.json` or `.csv`, else by its first character: `<` for GraphML, `{` for
 * JSON, anything else for an edge list. A network that does not name itself is named after the file.
 *
 * @param name of the file, for its extension; it is not opened.
 * @throws FormatError when the text is not such a file.
 */
export function readTopology(name: string, text: string, options: ReadOptions = {}): Topology {
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  const topology = reader(base.toLowerCase(), text)(text, options);
  return topology.name === undefined ? { ...topology, name: base.replace(/\.[^.]+$/, "") } : topology;
}

function reader(name: string, text: string): (text: string, options: ReadOptions) => Topology {
  if (name.endsWith(".graphml")) return readGraphml;
  if (name.endsWith(".json")) return readTopohub;
  if (name.endsWith(".csv")) return readEdgeList;
  const first = text.match(/[^\s\uFEFF]/)?.[0];
  return first === "<" ? readGraphml : first === "{" ? readTopohub : readEdgeList;
}
