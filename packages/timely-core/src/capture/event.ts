// What a captured stream consists of: batches, and how its frontier moves. After timely dataflow's `capture::Event`, a stream that can be
// kept and read elsewhere and later, by any number of workers.

import type { Batch } from "../batch/index.ts";
import { LimmatError } from "../errors.ts";

/** One step of a captured stream, as one worker saw it. The frontier starts at the least time. */
export type CaptureEvent<T, B extends Batch> =
  | {
      /** Tells it from the other kind. */
      readonly kind: "batch";
      /** The time of the batch: at or after the frontier. */
      readonly time: T;
      /** The batch. A sink keeps it by `retain()`. */
      readonly batch: B;
    }
  | {
      /** Tells it from the other kind. */
      readonly kind: "frontier";
      /** The times that the frontier gained (1) and lost (-1). When it has lost all, the stream has ended. */
      readonly changes: readonly (readonly [time: T, diff: number])[];
    };

/** What a stream is captured into. */
export interface CaptureSink<T, B extends Batch> {
  /** Takes the next event. A batch is valid until this returns, unless it is retained. */
  push(event: CaptureEvent<T, B>): void;
}

/** One captured stream as it is read back. */
export interface CaptureReader<T, B extends Batch> {
  /** The next event, or undefined when there is none yet. The caller releases its batch. */
  next(): CaptureEvent<T, B> | undefined;
  /** Has `wake` called when events come later than they were asked for. */
  onEvent(wake: () => void): void;
}

/** A captured stream is not one, or its bytes end too early or were changed. */
export class CaptureError extends LimmatError {
  /** Where, in bytes from the start of the stream; -1 when it was not read from bytes. */
  readonly offset: number;

  constructor(message: string, offset = -1) {
    super("CAPTURE", offset < 0 ? message : `byte ${offset}: ${message}`);
    this.offset = offset;
  }
}
