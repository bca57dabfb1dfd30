// A network as plain records: what importers and generators produce and what a Network is built from (routing rule 1).

import { quoted, RoutingError } from "./routing-error.ts";
import { isWeight } from "./weights.ts";

/** A place on Earth, in degrees. */
export interface GeographicPosition {
  /** Degrees north. */
  readonly latitude: number;
  /** Degrees east. */
  readonly longitude: number;
}

/** A place in a drawing; x grows to the right and y downwards, in units of the drawing's own. */
export interface PlanePosition {
  /** Grows to the right. */
  readonly x: number;
  /** Grows downwards. */
  readonly y: number;
}

/** A value of a node or link attribute, kept as the source gave it. */
export type AttributeValue = string | number | boolean;

/** One node. */
export interface NodeSpec {
  /** Unique among nodes, not empty. */
  readonly id: string;
  /** A name for people; not unique. */
  readonly label?: string;
  /** Where to draw it. */
  readonly position?: GeographicPosition | PlanePosition;
  /** Whatever else the source says. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** One link between two nodes; parallel links are different links, and self-loops are accepted and never used. */
export interface LinkSpec {
  /** Unique among links, not empty. */
  readonly id: string;
  /** Id of one end node. */
  readonly from: string;
  /** Id of the other end node. */
  readonly to: string;
  /** Weight from `from` to `to`: positive and finite, decimals allowed. */
  readonly forward: number;
  /** Weight from `to` to `from`: positive and finite, decimals allowed. */
  readonly backward: number;
  /** Whether the link starts up; true when left out. */
  readonly up?: boolean;
  /** Whatever else the source says. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** A network as records. */
export interface Topology {
  /** A name for people. */
  readonly name?: string;
  /** Every node once. */
  readonly nodes: readonly NodeSpec[];
  /** Every link once; ends are among the nodes. */
  readonly links: readonly LinkSpec[];
}

/** What can be wrong with a topology. */
export type TopologyErrorCode = "BAD_ID" | "DUPLICATE_NODE" | "DUPLICATE_LINK" | "UNKNOWN_NODE" | "BAD_WEIGHT";

/** A topology that contradicts itself; `id` names the node or link at fault. */
export class TopologyError extends RoutingError<TopologyErrorCode> {
  /** The node or link at fault. */
  readonly id: string;

  constructor(code: TopologyErrorCode, id: string, message: string) {
    super(code, message);
    this.id = id;
  }
}

/**
 * Checks ids, end nodes and weights, in O(nodes + links).
 *
 * @throws TopologyError at the first node or link at fault.
 */
export function validateTopology(topology: Topology): void {
  const nodes = new Set<string>();
  for (const { id } of topology.nodes) {
    if (typeof id !== "string" || id === "") {
      throw new TopologyError("BAD_ID", String(id), `node id ${quoted(id)} is not a non-empty string`);
    }
    if (nodes.has(id)) throw new TopologyError("DUPLICATE_NODE", id, `node ${quoted(id)} stands twice in the topology`);
    nodes.add(id);
  }
  const links = new Set<string>();
  for (const link of topology.links) {
    const { id } = link;
    if (typeof id !== "string" || id === "") {
      throw new TopologyError("BAD_ID", String(id), `link id ${quoted(id)} is not a non-empty string`);
    }
    if (links.has(id)) throw new TopologyError("DUPLICATE_LINK", id, `link ${quoted(id)} stands twice in the topology`);
    links.add(id);
    for (const end of [link.from, link.to]) {
      if (!nodes.has(end)) {
        throw new TopologyError("UNKNOWN_NODE", id, `link ${quoted(id)} ends at ${quoted(end)}, which is not a node`);
      }
    }
    for (const weight of [link.forward, link.backward]) {
      if (!isWeight(weight)) {
        throw new TopologyError(
          "BAD_WEIGHT",
          id,
          `link ${quoted(id)} has weight ${quoted(weight)}; a weight is a positive finite number`,
        );
      }
    }
  }
}
