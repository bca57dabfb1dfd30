// Control records: what a controller sends on the control stream to say where bins live from the record's time on.
// After Megaphone's `Control` and `ControlInst`, with cancels; records of one step share a time, a sequence number and a count.

import type { Moves } from "./moves.ts";

/** What every control record says of the step that it belongs to. */
export interface ControlHeader {
  /** The step's number: a safe integer from 0, greater for later control times, equal for all records of one step. */
  readonly sequence: number;
  /** How many records the step has in all, so that one that lost some is noticed. At least 1. */
  readonly count: number;
}

/** Gives every bin a worker: `workers[bin]`, one entry for each bin. */
export interface MapRecord extends ControlHeader {
  /** Tells it from other records. */
  readonly kind: "map";
  /** The worker of each bin. */
  readonly workers: Uint32Array | readonly number[];
}

/** Gives one bin a worker. In a step that has a map too, it applies on top of the map. */
export interface MoveRecord extends ControlHeader {
  /** Tells it from other records. */
  readonly kind: "move";
  /** The bin that moves. */
  readonly bin: number;
  /** The worker that it moves to. */
  readonly worker: number;
}

/**
 * Makes an announced step one that changes nothing (engine rule 22). It stands at or before the step's time, and its own sequence number is
 * greater than the step's. It may come before the step; it can't itself be taken back.
 */
export interface CancelRecord extends ControlHeader {
  /** Tells it from other records. */
  readonly kind: "cancel";
  /** The sequence number of the step. */
  readonly cancels: number;
}

/** A record on the control stream; its time is that of the batch it rides in. */
export type ControlRecord = MapRecord | MoveRecord | CancelRecord;

/** The control records that cancel the steps with those sequence numbers: one record a step. */
export function cancelRecords(cancelled: readonly number[], sequence: number): CancelRecord[] {
  return cancelled.map((cancels) => ({ kind: "cancel", cancels, sequence, count: cancelled.length }));
}

/** The control records of one step that makes `moves`: one record a move. No moves, no records, no step. */
export function controlRecords(moves: Moves, sequence: number): MoveRecord[] {
  const count = moves.length;
  return Array.from(moves, ({ bin, to }) => ({ kind: "move", bin, worker: to, sequence, count }));
}
