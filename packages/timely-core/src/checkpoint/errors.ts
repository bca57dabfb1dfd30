// What can be wrong with a checkpoint, or with a run that starts from one.

import { LimmatError } from "../errors.ts";

/** A checkpoint can't be taken, read or restored; the message names the operator or the checkpoint, and says what to do. */
export class CheckpointError extends LimmatError {
  constructor(message: string, cause?: unknown) {
    super("CHECKPOINT", message);
    if (cause !== undefined) this.cause = cause;
  }
}
