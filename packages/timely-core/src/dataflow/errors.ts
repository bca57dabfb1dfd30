// What can be wrong with a dataflow or its use. Each error names dataflow, operator and worker.

import { LimmatError } from "../errors.ts";

/** Where in a computation something happened. */
export interface Place {
  /** The name of the dataflow. */
  readonly dataflow: string;
  /** The name of the operator. */
  readonly operator: string;
  /** The number of the worker. */
  readonly worker: number;
}

function at(place: Place): string {
  return `operator ${place.operator} of dataflow ${place.dataflow} on worker ${place.worker}`;
}

/** An error that happened at one operator. */
export class PlacedError extends LimmatError {
  /** Where it happened. */
  readonly place: Place;

  constructor(code: string, place: Place, message: string, cause?: unknown) {
    super(code, `${at(place)}: ${message}`);
    this.place = place;
    if (cause !== undefined) this.cause = cause;
  }
}

/** User code threw. The original error is the `cause`. */
export class OperatorError extends PlacedError {
  constructor(place: Place, cause: unknown) {
    super("OPERATOR", place, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** A capability was used after its release, at a time it does not reach, or for an output it is not for. */
export class CapabilityError extends PlacedError {
  constructor(place: Place, message: string) {
    super("CAPABILITY", place, message);
  }
}

/** Something of a dataflow was used after `worker.drop` had ended it there. */
export class DroppedError extends PlacedError {
  constructor(place: Place) {
    super("DROPPED", place, "the dataflow was dropped on this worker: nothing of it can be used any more");
  }
}

/** A batch arrived at a time that the receiver had been told could not come any more. Progress tracking is broken: please report it. */
export class SafetyError extends PlacedError {
  constructor(place: Place, message: string) {
    super("SAFETY", place, message);
  }
}

/** Streams of different scopes, or of another layout, were put together. */
export class GraphError extends LimmatError {
  constructor(message: string) {
    super("GRAPH", message);
  }
}

/** Throws `GraphError` when batches of one layout would meet those of another (engine rule 12): for programs without types. */
export function requireSameLayout(
  operator: string,
  one: { fingerprint: string },
  other: { fingerprint: string },
): void {
  if (one.fingerprint === other.fingerprint) return;
  throw new GraphError(
    `${operator} is given streams of ${one.fingerprint} and of ${other.fingerprint}: convert one with toRows() or toColumns()`,
  );
}

/** Another worker sent what doesn't fit this dataflow: another graph, another run, or lost messages. */
export class ProtocolError extends LimmatError {
  constructor(message: string) {
    super("PROTOCOL", message);
  }
}
