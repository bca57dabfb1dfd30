// How records of a stream are divided over the workers at an operator's input: timely dataflow's parallelisation contracts.

import type { Batch, IntegerKey, Scatter } from "../../batch/index.ts";
import { countTargets } from "../../hash/index.ts";

/** Each record goes to the worker that `route` gives for its hash. */
export interface HashExchange<B extends Batch> {
  /** Tells it from the other pacts. */
  readonly kind: "hash";
  /** Writes the u32 hash of each record of the batch into `hashes`, which has room. */
  hash(batch: B, hashes: Uint32Array): void;
  /** Set where that is the hash of one column of unsigned integers, which a scatter may compute by itself. */
  readonly column?: IntegerKey;
}

/** Each record goes to a worker that is named outright. */
export interface WorkerExchange<B extends Batch> {
  /** Tells it from the other pacts. */
  readonly kind: "worker";
  /** Writes the number of a worker, below `peers`, for each record of the batch into `targets`, which has room. */
  target(batch: B, peers: number, targets: Uint32Array): void;
}

/** Which worker gets each record of a batch. */
export type Exchange<B extends Batch> = HashExchange<B> | WorkerExchange<B>;

/** Engine-internal: tells a scatter who gets each record of a batch; throws RangeError on one that is nobody. @internal */
export function assign<B extends Batch>(pact: Exchange<B>, batch: B, scatter: Scatter<B>): void {
  const targets = scatter.targets(batch.length);
  if (pact.kind === "hash") {
    if (pact.column === undefined || !scatter.hash(batch, pact.column)) pact.hash(batch, targets);
    scatter.route(batch.length);
  } else {
    const peers = scatter.counts.length;
    pact.target(batch, peers, targets);
    countTargets(targets, batch.length, peers, scatter.counts);
  }
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
