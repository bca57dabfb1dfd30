// What all importers share: ids, names of links without an id, and weights, with errors that say where.

import type { AttributeValue, LinkSpec, NodeSpec, Topology } from "../network/index.ts";
import { isWeight } from "../network/index.ts";
import { LinkNames } from "../network/link-names.ts";
import { quoted } from "../network/routing-error.ts";
import { FormatError } from "./format-error.ts";

/** How a file is to be read. */
export interface ReadOptions {
  /**
   * The numeric attribute of links to take weights from. Left out, a link's weight is its `weight`, or 1 where it has
   * none; named, every link must have it.
   */
  readonly weightFrom?: string;
}

/** A link as a file has it. */
export interface LinkEntry {
  readonly id?: string;
  readonly from: string;
  readonly to: string;
  readonly forward: number;
  readonly backward: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Where the file has it, for error messages. */
  readonly line?: number;
}

/** Collects the nodes and links of a file, in any order; checks and names them at the end. */
export class TopologyBuilder {
  readonly #nodes = new Map<string, NodeSpec>();
  readonly #links: LinkEntry[] = [];

  hasNode(id: string): boolean {
    return this.#nodes.has(id);
  }

  /**
   * Adds a node.
   *
   * @throws FormatError when its id is empty or taken.
   */
  addNode(node: NodeSpec, line?: number): void {
    if (node.id === "") throw new FormatError("BAD_ID", "a node has an empty id", line);
    if (this.#nodes.has(node.id)) throw new FormatError("DUPLICATE_ID", `node ${quoted(node.id)} stands twice`, line);
    this.#nodes.set(node.id, node);
  }

  addLink(link: LinkEntry): void {
    this.#links.push(link);
  }

  /**
   * The network: links without an id are named `FROM--TO`, then `FROM--TO#2`, `FROM--TO#3`… where the name is taken.
   *
   * @throws FormatError when a link's id is empty or taken, or it ends at a node that is not there.
   */
  finish(name?: string): Topology {
    const ids = new Set<string>();
    for (const { id, line } of this.#links) {
      if (id === undefined) continue;
      if (id === "") throw new FormatError("BAD_ID", "a link has an empty id", line);
      if (ids.has(id)) throw new FormatError("DUPLICATE_ID", `link ${quoted(id)} stands twice`, line);
      ids.add(id);
    }
    const names = new LinkNames(ids);
    const links = this.#links.map(({ line, ...entry }): LinkSpec => {
      const { from, to } = entry;
      for (const end of [from, to]) {
        if (!this.#nodes.has(end)) {
          throw new FormatError(
            "UNKNOWN_NODE",
            `${describeLink(entry)} ends at ${quoted(end)}, which is not a node`,
            line,
          );
        }
      }
      return { ...entry, id: entry.id ?? names.name(from, to) };
    });
    return { ...(name === undefined ? {} : { name }), nodes: [...this.#nodes.values()], links };
  }
}

/** A link in an error message, which may come before it has a name. */
function describeLink(link: { id?: string | undefined; from: string; to: string }): string {
  return `link ${quoted(link.id ?? `${link.from}--${link.to}`)}`;
}

/**
 * A link's weight, from a file's text or number.
 *
 * @param attribute that it stands in.
 * @param value or undefined when the link has no such attribute.
 * @throws FormatError BAD_WEIGHT when it is no positive finite number.
 */
export function readWeight(
  link: { id?: string | undefined; from: string; to: string },
  attribute: string,
  value: unknown,
  line?: number,
): number {
  const weight = typeof value === "string" ? readNumber(value) : value;
  if (isWeight(weight)) return weight;
  const found = value === undefined ? `has no ${quoted(attribute)}` : `has ${quoted(attribute)} ${quoted(value)}`;
  throw new FormatError("BAD_WEIGHT", `${describeLink(link)} ${found}; a weight is a positive finite number`, line);
}

/** A decimal number as people and programs write them, or undefined. */
export function readNumber(text: string): number | undefined {
  const trimmed = text.trim();
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}
