// What a stateful operator says of its migrations, for auditors, controllers and telemetry. Plain data, in the order of each worker's acts.

import type { Moves } from "../configuration/index.ts";

/** What every event says. */
export interface EventHeader<T> {
  /** The worker that it happened on. */
  readonly worker: number;
  /** The name of the operator. */
  readonly operator: string;
  /** The logical time: the step's, or that of what was applied. */
  readonly time: T;
  /** Milliseconds on the worker's clock. */
  readonly at: number;
}

/** Records, or post-dated work, were applied. Only told when asked for: see `StatefulOptions.logApplied`. */
export interface AppliedEvent<T> extends EventHeader<T> {
  /** Tells it from other events. */
  readonly kind: "applied";
  /** The bin of each record applied. */
  readonly bins: Uint32Array;
  /** Whether it was post-dated work. */
  readonly due: boolean;
}

/** The control frontier passed a step: from its time on, its moves hold. */
export interface StepEvent<T> extends EventHeader<T> {
  /** Tells it from other events. */
  readonly kind: "step";
  /** The step's sequence number. */
  readonly sequence: number;
  /** All moves of the step, on every worker the same. */
  readonly moves: Moves;
}

/** The control frontier passed a step that was cancelled: nothing moves. */
export interface CancelledEvent<T> extends EventHeader<T> {
  /** Tells it from other events. */
  readonly kind: "cancelled";
  /** The step's sequence number. */
  readonly sequence: number;
}

/** A bin has left this worker: all of it was sent. */
export interface ShippedEvent<T> extends EventHeader<T> {
  /** Tells it from other events. */
  readonly kind: "shipped";
  /** The step's sequence number. */
  readonly sequence: number;
  /** The bin. */
  readonly bin: number;
  /** The worker that it goes to. */
  readonly to: number;
  /** Bytes of state and pending work that were copied to send it. */
  readonly bytes: number;
  /** Of these, how many were copied ahead of the step's time. */
  readonly bytesAhead: number;
  /** Whether its memory changed hands in place of being copied. */
  readonly blocks: boolean;
}

/** A bin has arrived on this worker whole. */
export interface InstalledEvent<T> extends EventHeader<T> {
  /** Tells it from other events. */
  readonly kind: "installed";
  /** The step's sequence number. */
  readonly sequence: number;
  /** The bin. */
  readonly bin: number;
  /** The worker that it came from. */
  readonly from: number;
  /** Bytes of state and pending work that were copied to install it. */
  readonly bytes: number;
}

/** What a stateful operator tells on one worker. */
export type MigrationEvent<T> =
  | AppliedEvent<T>
  | StepEvent<T>
  | CancelledEvent<T>
  | ShippedEvent<T>
  | InstalledEvent<T>;
