// What can happen to a network and what can be asked of it: the operations of the replay format and of the HTTP API.

import { quoted, RoutingError } from "./routing-error.ts";
import { isWeight } from "./weights.ts";

/** Sets a link's own state; it survives its nodes' going down and up (routing rule 2). */
export interface LinkStateChange {
  /** What happens. */
  readonly op: "link-down" | "link-up";
  /** Link id. */
  readonly link: string;
}

/** Sets a link's weight: `weight` for both directions, or `forward` and/or `backward`. */
export interface LinkWeightChange {
  /** What happens. */
  readonly op: "link-weight";
  /** Link id. */
  readonly link: string;
  /** New weight of both directions. */
  readonly weight?: number;
  /** New weight from the link's `from` to its `to`. */
  readonly forward?: number;
  /** New weight from the link's `to` to its `from`. */
  readonly backward?: number;
}

/** Adds a link, up: with `weight` for both directions, or `forward` and `backward`. */
export interface LinkAddChange {
  /** What happens. */
  readonly op: "link-add";
  /** Link id, of no link that there is. */
  readonly link: string;
  /** Node id of one end. */
  readonly from: string;
  /** Node id of the other end. */
  readonly to: string;
  /** Weight of both directions. */
  readonly weight?: number;
  /** Weight from `from` to `to`. */
  readonly forward?: number;
  /** Weight from `to` to `from`. */
  readonly backward?: number;
}

/** Removes a link. */
export interface LinkRemoveChange {
  /** What happens. */
  readonly op: "link-remove";
  /** Link id. */
  readonly link: string;
}

/** Sets a node's state; a drained node may be source or destination but carries no transit (routing rule 3). */
export interface NodeStateChange {
  /** What happens. */
  readonly op: "node-down" | "node-up" | "node-drain" | "node-undrain";
  /** Node id. */
  readonly node: string;
}

/** Adds a node, up and not drained; or removes one with its links. */
export interface NodeExistenceChange {
  /** What happens. */
  readonly op: "node-add" | "node-remove";
  /** Node id. */
  readonly node: string;
}

/** One change of a network. */
export type Change =
  | LinkStateChange
  | LinkWeightChange
  | LinkAddChange
  | LinkRemoveChange
  | NodeStateChange
  | NodeExistenceChange;

/** A question about the pair (from, to), answered as of the end of its epoch. */
export interface Query {
  /** What is asked for. */
  readonly op: "path" | "distance";
  /** Node id of the source. */
  readonly from: string;
  /** Node id of the destination. */
  readonly to: string;
}

/** What is known of a pair of nodes (routing rule 6). */
export interface Answer {
  /** What was asked for. */
  readonly op: Query["op"];
  /** Node id of the source. */
  readonly from: string;
  /** Node id of the destination. */
  readonly to: string;
  /** In the topology's weights; null when unreachable. */
  readonly distance: number | null;
  /** Node ids of all equal-cost next hops, sorted by code unit. */
  readonly nextHops: readonly string[];
  /** The shortest path with the least node id, then the least link id, at each hop; null when unreachable. */
  readonly path: readonly string[] | null;
  /** Link ids along `path`; null when unreachable. */
  readonly links: readonly string[] | null;
  /** The number of shortest paths, parallel links told apart, as a decimal integer of any size. */
  readonly pathCount: string;
}

/** What can be wrong with a change or a query. */
export type ChangeErrorCode =
  | "NOT_AN_OBJECT"
  | "UNKNOWN_OP"
  | "MISSING_FIELD"
  | "BAD_FIELD"
  | "BAD_WEIGHT"
  | "WEIGHT_RANGE"
  | "UNKNOWN_NODE"
  | "UNKNOWN_LINK"
  | "NODE_EXISTS"
  | "LINK_EXISTS";

/** Where a ChangeError is: the field or the id at fault and, within an epoch, the position of the change. */
export interface ChangeErrorPlace {
  /** The field at fault. */
  readonly field?: string;
  /** The node or link at fault. */
  readonly id?: string;
  /** Position of the change among those of its epoch. */
  readonly index?: number;
}

/** A change or query that cannot be carried out. */
export class ChangeError extends RoutingError<ChangeErrorCode> {
  /** The field at fault, when it is one. */
  readonly field: string | undefined;
  /** The node or link at fault, when it is one. */
  readonly id: string | undefined;
  /** Position of the bad change among the changes of its epoch, when it was part of one. */
  readonly index: number | undefined;

  constructor(code: ChangeErrorCode, message: string, place: ChangeErrorPlace = {}) {
    super(code, message);
    this.field = place.field;
    this.id = place.id;
    this.index = place.index;
  }

  /** The same error, placed at change `index` of its epoch. */
  at(index: number): ChangeError {
    const { field, id } = this;
    return new ChangeError(this.code, this.message, {
      ...(field === undefined ? {} : { field }),
      ...(id === undefined ? {} : { id }),
      index,
    });
  }
}

/** Every op there is, changes first. */
export const OPERATIONS = [
  "link-down",
  "link-up",
  "link-weight",
  "link-add",
  "link-remove",
  "node-down",
  "node-up",
  "node-drain",
  "node-undrain",
  "node-add",
  "node-remove",
  "path",
  "distance",
] as const satisfies readonly (Change | Query)["op"][];

/** Whether `operation` asks rather than changes. */
export function isQuery(operation: Change | Query): operation is Query {
  return operation.op === "path" || operation.op === "distance";
}

/**
 * Reads a change or query from an untrusted value, such as parsed JSON; fields it does not know are ignored.
 *
 * @throws ChangeError when the value is not an object, the op is unknown, or a field is missing or of the wrong kind.
 */
export function parseOperation(value: unknown): Change | Query {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ChangeError("NOT_AN_OBJECT", `${quoted(value)} is not an object with an "op"`);
  }
  const record = value as Readonly<Record<string, unknown>>;
  const op = own(record, "op") as (Change | Query)["op"] | undefined;
  if (op === undefined) throw new ChangeError("MISSING_FIELD", `"op" is missing`, { field: "op" });
  switch (op) {
    case "link-down":
    case "link-up":
    case "link-remove":
      return { op, link: idField(record, op, "link") };
    case "link-weight": {
      const change: LinkWeightChange = { op, link: idField(record, op, "link"), ...numberFields(record, op) };
      directedWeights(change);
      return change;
    }
    case "link-add": {
      const link = idField(record, op, "link");
      const from = idField(record, op, "from");
      const to = idField(record, op, "to");
      const change: LinkAddChange = { op, link, from, to, ...numberFields(record, op) };
      directedWeights(change);
      return change;
    }
    case "node-down":
    case "node-up":
    case "node-drain":
    case "node-undrain":
    case "node-add":
    case "node-remove":
      return { op, node: idField(record, op, "node") };
    case "path":
    case "distance":
      return { op, from: idField(record, op, "from"), to: idField(record, op, "to") };
    default:
      throw new ChangeError("UNKNOWN_OP", `op ${quoted(op)} is unknown; it is one of ${OPERATIONS.join(", ")}`, {
        field: "op",
      });
  }
}

/**
 * Reads a change from an untrusted value.
 *
 * @throws ChangeError as `parseOperation` does, and UNKNOWN_OP for a query.
 */
export function parseChange(value: unknown): Change {
  const operation = parseOperation(value);
  if (isQuery(operation)) {
    throw new ChangeError("UNKNOWN_OP", `op ${quoted(operation.op)} asks and does not change the network`, {
      field: "op",
    });
  }
  return operation;
}

/** The weights that a change sets, by direction; undefined where it leaves one as it is. */
export interface DirectedWeights {
  /** Weight from `from` to `to`, positive and finite. */
  readonly forward: number | undefined;
  /** Weight from `to` to `from`, positive and finite. */
  readonly backward: number | undefined;
}

/**
 * The weights that a change sets.
 *
 * @throws ChangeError when none is given, `weight` stands beside a direction's, an added link lacks one, or one is not
 * positive and finite.
 */
export function directedWeights(change: LinkWeightChange | LinkAddChange): DirectedWeights {
  const { op, weight } = change;
  for (const field of ["weight", "forward", "backward"] as const) {
    const value = change[field];
    if (value !== undefined && !isWeight(value)) {
      throw new ChangeError(
        "BAD_WEIGHT",
        `${op}: "${field}" is ${quoted(value)}; a weight is a positive finite number`,
        {
          field,
          id: change.link,
        },
      );
    }
  }
  if (weight !== undefined) {
    if (change.forward !== undefined || change.backward !== undefined) {
      throw new ChangeError("BAD_FIELD", `${op}: give "weight", or "forward" and "backward", not both`, {
        field: "weight",
        id: change.link,
      });
    }
    return { forward: weight, backward: weight };
  }
  const { forward, backward } = change;
  if (forward === undefined && backward === undefined) {
    throw new ChangeError("MISSING_FIELD", `${op}: "weight" is missing`, { field: "weight", id: change.link });
  }
  if (op === "link-add" && (forward === undefined || backward === undefined)) {
    const field = forward === undefined ? "forward" : "backward";
    throw new ChangeError("MISSING_FIELD", `${op}: "${field}" is missing`, { field, id: change.link });
  }
  return { forward, backward };
}

/** A field of the record's own, so that a hostile key such as "__proto__" reads nothing. */
function own(record: Readonly<Record<string, unknown>>, field: string): unknown {
  return Object.hasOwn(record, field) ? record[field] : undefined;
}

function idField(record: Readonly<Record<string, unknown>>, op: string, field: string): string {
  const value = own(record, field);
  if (value === undefined) throw new ChangeError("MISSING_FIELD", `${op}: "${field}" is missing`, { field });
  if (typeof value !== "string" || value === "") {
    throw new ChangeError("BAD_FIELD", `${op}: "${field}" is ${quoted(value)}; it must be a non-empty string`, {
      field,
    });
  }
  return value;
}

function numberFields(
  record: Readonly<Record<string, unknown>>,
  op: string,
): { weight?: number; forward?: number; backward?: number } {
  const weights: { weight?: number; forward?: number; backward?: number } = {};
  for (const field of ["weight", "forward", "backward"] as const) {
    const value = own(record, field);
    if (value === undefined) continue;
    if (typeof value !== "number") {
      throw new ChangeError("BAD_FIELD", `${op}: "${field}" is ${quoted(value)}; it must be a number`, { field });
    }
    weights[field] = value;
  }
  return weights;
}
