// The user's part of a stateful operator, as its host sees it, whatever the number of inputs.

import type { Arena, Batch } from "@limmat/timely-core";
import type { Bins } from "../bins/index.ts";
import type { BinStore } from "../stores/index.ts";
import type { Moment } from "./moment.ts";

/** What user logic may know while it is constructed. */
export interface StatefulInfo {
  /** The name of the operator. */
  readonly name: string;
  /** The worker that it runs on. */
  readonly index: number;
  /** The number of workers. */
  readonly peers: number;
  /** The bins of the operator. */
  readonly bins: Bins;
  /** The worker's part of the memory that the workers of its process share, if the run has any. */
  readonly arena: Arena | undefined;
}

/** State, and what is done with records and with work that is due. */
export interface Logic<T, N, R extends Batch> {
  /** The state. */
  readonly store: BinStore;
  /** By input: applies a batch at the moment's time. The batch is read-only and valid until the call returns. */
  readonly folds: readonly ((moment: Moment<T, N, R>, batch: Batch) => void)[];
  /** Applies post-dated records that are due at the moment's time. */
  due(moment: Moment<T, N, R>, records: readonly N[]): void;
}
