// What can go wrong in running workers, beside what goes wrong in their dataflows.

import { LimmatError } from "../errors.ts";

/** `execute` or `launch` was called in a way, or in a place, where it can't work; the message says what to do. */
export class LaunchError extends LimmatError {
  constructor(message: string, cause?: unknown) {
    super("LAUNCH", message);
    if (cause !== undefined) this.cause = cause;
  }
}

/** A worker ended by an error, or was lost; the whole run ends with it. The error, as far as it could be carried over, is the `cause`. */
export class WorkerError extends LimmatError {
  /** The number of the worker. */
  readonly worker: number;

  constructor(worker: number, message: string, cause?: unknown) {
    super("WORKER", `worker ${worker}: ${message}`);
    this.worker = worker;
    if (cause !== undefined) this.cause = cause;
  }
}
