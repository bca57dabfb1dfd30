// What can go wrong between a dataflow and JetStream.

import { LimmatError } from "@limmat/timely-core";

/** JetStream can't be used as asked, or what it holds can't be; the message names server, stream and mend. */
export class JetStreamError extends LimmatError {
  constructor(message: string, cause?: unknown) {
    super("JETSTREAM", message);
    if (cause !== undefined) this.cause = cause;
  }
}
