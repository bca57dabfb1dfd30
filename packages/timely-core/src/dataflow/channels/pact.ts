// How records of a stream are divided over the workers at an operator's input: timely dataflow's parallelisation contracts.

import type { Batch } from "../../batch/index.ts";

/** Which worker gets each record of a batch. */
export interface Exchange<B extends Batch> {
  /** Tells it from the other pacts. */
  readonly kind: "exchange";
  /** Writes the number of a worker, below `peers`, for each record of the batch into `targets`. */
  route(batch: B, peers: number, targets: Uint32Array): void;
}

/** `pipeline`: stays on its worker. `broadcast`: goes to every worker. `Exchange`: each record goes where its key belongs. */
export type Pact<B extends Batch> =
  | {
      /** Tells it from the other pacts. */
      readonly kind: "pipeline";
    }
  | {
      /** Tells it from the other pacts. */
      readonly kind: "broadcast";
    }
  | Exchange<B>;

/** Records stay on the worker that sent them. */
export const pipeline = {
  /** Tells it from the other pacts. */
  kind: "pipeline",
} as const;

/** Every record goes to every worker. */
export const broadcasting = {
  /** Tells it from the other pacts. */
  kind: "broadcast",
} as const;
