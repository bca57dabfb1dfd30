// What operators with state and the checkpoints of their dataflow know of each other.

import type { ByteWriter } from "../codec/index.ts";
import type { TimeDomain } from "../order/index.ts";
import type { Gate } from "./gate.ts";
import type { StateReader } from "./state.ts";

/** An operator with state, on one worker. */
export interface StatefulOperator {
  /** Its scopes and its name. */
  readonly path: string;
  /** Which operator it is, for errors. */
  readonly where: string;
  /** The form of its state. */
  readonly schema: string;
  // biome-ignore lint/suspicious/noExplicitAny: operators of all scopes are registered alike
  readonly gate: Gate<any>;
  /**
   * Whether `test` holds for each outermost time that may still arrive at one of its inputs, on any worker, and for each that it holds
   * a capability for.
   */
  everyTime(test: (time: unknown) => boolean): boolean;
  /** Lets it act on its frontiers once more, and writes its state. */
  save(to: ByteWriter): void;
  /** Gives it what its gate admits now. */
  release(): void;
}

/** What a restored operator gets back. */
export interface SavedState {
  /** For the operator's own hook. */
  readonly state: StateReader;
  /** Batches to be sent again, encoded: the number of the output, the time, the batch. */
  readonly crossings: readonly {
    readonly output: number;
    readonly time: Uint8Array;
    readonly bytes: Uint8Array;
  }[];
}

/** The checkpoints of one dataflow, as its operators see them. */
export interface StateRegistry {
  /** The times of the dataflow's outermost scope. */
  readonly domain: TimeDomain<unknown>;
  /** Whether the run started from a checkpoint that covers this outermost time. */
  covers(time: unknown): boolean;
  /** Leaves the whole dataflow out of checkpoints: its times are a clock of its own. To be called before it has operators with state. */
  leaveOut(): void;
  /** Takes an operator in; returns what it had saved, in a restored run. */
  add(operator: StatefulOperator): SavedState | undefined;
}
