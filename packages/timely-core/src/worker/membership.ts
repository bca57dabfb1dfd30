// How processes find each other, and how a group of them is told from every earlier one. What keeps the group is outside the engine.

import { LimmatError } from "../errors.ts";

/** One process's place in a group of processes. */
export interface Member {
  /** The number of this process, from 0. */
  readonly index: number;
  /** The address of every process, by number; the same list in all members of a generation. */
  readonly hosts: readonly string[];
  /** The number of this group, greater than that of every group before it under the same name. Processes compare it when they connect. */
  readonly generation: number;
  /** Rejects with `MemberLostError` as soon as a process of the group is known to be gone, this one included; never resolves. */
  readonly lost: Promise<never>;
  /** Gives the place up after an orderly end, which the other members do not take for a loss. Harmless when repeated, or after a loss. */
  leave(): Promise<void>;
}

/** Gathers processes into groups. */
export interface Membership {
  /**
   * Takes a place in a group of `processes` for the process that the others reach at `address`, and resolves once all have come. Rejects
   * with `MembershipError` when that can't be, or with the signal's reason.
   */
  join(address: string, processes: number, options?: { readonly signal?: AbortSignal }): Promise<Member>;
}

/** A group could not be joined; the message names who or what stands against it, and the mend. */
export class MembershipError extends LimmatError {
  constructor(message: string, cause?: unknown) {
    super("MEMBERSHIP", message);
    if (cause !== undefined) this.cause = cause;
  }
}

/** A process of the group is gone, so the run can't go on: join again for the next generation. */
export class MemberLostError extends LimmatError {
  /** The number of the process that is gone. */
  readonly index: number;
  /** Its address. */
  readonly address: string;
  /** The generation that it belonged to. */
  readonly generation: number;

  constructor(index: number, address: string, generation: number, reason: string) {
    super("MEMBER_LOST", `process ${index} at ${address}, of generation ${generation}: ${reason}`);
    this.index = index;
    this.address = address;
    this.generation = generation;
  }
}
