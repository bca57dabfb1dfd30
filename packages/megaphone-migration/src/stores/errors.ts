// The typed errors of the bin stores.

import { LimmatError } from "@limmat/timely-core";

/** A bin was asked for that is not on this worker: given away, dropped, or never here. Code `ABSENT_BIN`. */
export class AbsentBinError extends LimmatError {
  /** The bin. */
  readonly bin: number;
  /** The worker that does not hold it. */
  readonly worker: number;

  constructor(bin: number, worker: number) {
    super(
      "ABSENT_BIN",
      `bin ${bin} is not on worker ${worker}: use the keys of the batch in hand, whose bins the operator holds meanwhile`,
    );
    this.bin = bin;
    this.worker = worker;
  }
}

/** A bin was to be made or taken over where it is already. Code `PRESENT_BIN`. */
export class PresentBinError extends LimmatError {
  /** The bin. */
  readonly bin: number;
  /** The worker that holds it. */
  readonly worker: number;

  constructor(bin: number, worker: number) {
    super("PRESENT_BIN", `bin ${bin} is on worker ${worker} already: a bin is installed once`);
    this.bin = bin;
    this.worker = worker;
  }
}

/** A key that a store can't hold. Code `STORE_KEY`. */
export class StoreKeyError extends LimmatError {
  /** The key. */
  readonly key: unknown;

  constructor(key: unknown, wanted: string) {
    super("STORE_KEY", `${show(key)} can't be a key of this store: ${wanted}`);
    this.key = key;
  }
}

/** A store has reached the end of what it can hold. Code `STORE_LIMIT`. */
export class StoreLimitError extends LimmatError {
  constructor(message: string) {
    super("STORE_LIMIT", message);
  }
}

/** A store was described or used against its contract; always a programming error. Code `STORE`. */
export class StoreError extends LimmatError {
  constructor(message: string) {
    super("STORE", message);
  }
}

function show(key: unknown): string {
  return typeof key === "object" && key !== null ? `an object (${JSON.stringify(key)?.slice(0, 60)})` : String(key);
}
