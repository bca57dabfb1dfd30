// Who may use a batch, and until when: reference counts over memory that is the batch's own or borrowed from a ring
// (engine rule 6). The engine shares and releases; operators retain and take.

import { LimmatError } from "../errors.ts";

/** A batch was used after its last reference was released. */
export class ReleasedBatchError extends LimmatError {
  constructor() {
    super(
      "RELEASED_BATCH",
      "a batch was used after the callback it was given to returned: keep it with retain(), or take() it to change it",
    );
  }
}

const environment = (globalThis as { process?: { env?: { NODE_ENV?: string } } }).process?.env?.NODE_ENV;
let development = environment !== "production";

/**
 * Whether this thread pays for finding misuse: released batches are made unusable, so that a use after release fails
 * at once instead of reading garbage, and rows are copied by value to the own worker too.
 */
export function inDevelopment(): boolean {
  return development;
}

/** Turns the checks of {@link inDevelopment} on or off for this thread; they are on unless `NODE_ENV` is "production". */
export function setDevelopment(on: boolean): void {
  development = on;
}

function refuse(): never {
  throw new ReleasedBatchError();
}

/** Stands where the content of a released batch was: every use of it throws {@link ReleasedBatchError}. */
export const RELEASED: never = new Proxy(Object.freeze({}), {
  get: refuse,
  has: refuse,
  set: refuse,
  ownKeys: refuse,
  getOwnPropertyDescriptor: refuse,
  defineProperty: refuse,
  deleteProperty: refuse,
}) as never;

/** What a batch is made from, when that is not memory of its own. */
export interface Origin {
  /** The memory is lent: it is valid only until the batch is released, and `retain` copies. */
  readonly borrowed?: boolean;
  /** The batch that this one is a part of, and keeps alive. */
  readonly whole?: Counted;
  /** Called once when the last reference is gone: the memory may go back to its lender. */
  readonly onReleased?: () => void;
}

/**
 * A reference-counted batch; it starts with one reference, its maker's.
 *
 * A batch given to an operator is read-only and valid until its callback returns; the engine releases it then.
 */
export abstract class Counted {
  private references = 1;
  private readonly origin: Origin | undefined;

  protected constructor(origin: Origin | undefined) {
    this.origin = origin;
  }

  /** The same records in memory of their own, with one reference. */
  abstract copy(): this;

  /** Makes the content unusable; `overwrite` tells that the memory is nobody else's either. */
  protected abstract poison(overwrite: boolean): void;

  /** Whether the memory is lent, by a ring for example. */
  get borrowed(): boolean {
    return this.origin?.borrowed === true;
  }

  /**
   * Adds references for `more` further consumers, each of which releases its own. For an operator that passes on, before its callback
   * returns, the batch that it was given: unlike `retain` it never copies, so the batch must not be kept by it.
   */
  share(more: number): this {
    this.check();
    this.references += more;
    return this;
  }

  /** The batch, or a copy where its memory is borrowed, to keep for as long as wanted; read-only. `release` it or drop it. */
  retain(): this {
    this.check();
    if (this.borrowed) return this.copy();
    this.references += 1;
    return this;
  }

  /**
   * The records as a batch that is the caller's alone, to change and to send on: this one when nobody else has it and
   * its memory is its own, else a copy.
   */
  take(): this {
    this.check();
    if (this.references > 1 || this.origin?.borrowed === true || this.origin?.whole !== undefined) return this.copy();
    this.references += 1;
    return this;
  }

  /**
   * Gives one reference back. With the last one the memory returns to its lender, and in development the batch is
   * poisoned. Throws {@link ReleasedBatchError} when there was none left.
   */
  release(): void {
    this.check();
    this.references -= 1;
    if (this.references > 0) return;
    const { origin } = this;
    if (development) this.poison(origin?.whole === undefined);
    if (origin === undefined) return;
    origin.onReleased?.();
    origin.whole?.release();
  }

  private check(): void {
    if (this.references <= 0) throw new ReleasedBatchError();
  }
}

/** Makes a property of a released batch throw when it is read. */
export function poisonProperty(batch: Counted, property: string): void {
  Object.defineProperty(batch, property, { get: refuse, set: refuse, configurable: true, enumerable: true });
}
