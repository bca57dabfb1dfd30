// Activation across threads: flags in shared memory that anybody may raise, and the doorbell of the worker that looks at them.
// After timely dataflow's `SyncActivator`; engine rules 15 and 17.

import { Doorbell } from "./doorbell.ts";

/** What another thread opens a `SyncActivator` by: plain data, to be posted or given as `workerData`. */
export interface SyncActivatorDescriptor {
  /** The flags of the worker. */
  readonly flags: ArrayBufferLike;
  /** Which of them is this one's. */
  readonly slot: number;
  /** The worker's bell. */
  readonly bell: ArrayBufferLike;
}

/**
 * Has one operator run, from any thread or event loop. Other threads open their own by the descriptor:
 * `new SyncActivator(descriptor)`. Activations that come before the operator has run are one; those that come after the end of its
 * dataflow do nothing.
 */
export class SyncActivator {
  /** What another thread opens this by. Only shared memory is heard there: a worker in a page without it hears its own thread alone. */
  readonly descriptor: SyncActivatorDescriptor;
  readonly #flags: Int32Array;
  readonly #bell: Doorbell;

  /** Opens an activator that a worker made: see `OperatorInfo.syncActivator`. */
  constructor(descriptor: SyncActivatorDescriptor) {
    this.descriptor = descriptor;
    this.#flags = new Int32Array(descriptor.flags);
    this.#bell = new Doorbell(descriptor.bell);
  }

  /** Has the operator run soon, and wakes its worker if it sleeps. */
  activate(): void {
    Atomics.store(this.#flags, this.descriptor.slot, 1);
    // Whoever sees this looks at all the others, so it comes after them.
    Atomics.store(this.#flags, ANY, 1);
    this.#bell.ring();
  }
}

/** The flag that says that some other is raised. */
const ANY = 0;
/** Flags of one piece of memory, that one included. */
const SLOTS = 256;

/** The flags of one worker: it hands them out, and looks at them. */
export class ActivationBoard {
  readonly #bell: Doorbell;
  readonly #pieces: { readonly flags: Int32Array; readonly acts: ((() => void) | undefined)[] }[] = [];

  constructor(bell: Doorbell) {
    this.#bell = bell;
  }

  /** Whether any flag was handed out, so that another thread may have something done here. */
  get isOpen(): boolean {
    return this.#pieces.some(({ acts }) => acts.some((act) => act !== undefined));
  }

  /** Whether a flag is raised. One atomic load, or none when no flag was handed out. */
  get isRaised(): boolean {
    for (const { flags } of this.#pieces) if (Atomics.load(flags, ANY) !== 0) return true;
    return false;
  }

  /** Hands out a flag: `act` is called by `take` after it was raised. Returns its activator, and what takes it back. */
  add(act: () => void): { readonly activator: SyncActivator; readonly close: () => void } {
    let piece = this.#pieces[this.#pieces.length - 1];
    if (piece === undefined || piece.acts.length === SLOTS) {
      const bytes = SLOTS * Int32Array.BYTES_PER_ELEMENT;
      const memory = this.#bell.shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
      piece = { flags: new Int32Array(memory), acts: [undefined] };
      this.#pieces.push(piece);
    }
    const { flags, acts } = piece;
    const slot = acts.push(act) - 1;
    return {
      activator: new SyncActivator({ flags: flags.buffer, slot, bell: this.#bell.buffer }),
      close: () => {
        acts[slot] = undefined;
      },
    };
  }

  /** Lowers the flags that are raised and does what they are for. */
  take(): void {
    for (const { flags, acts } of this.#pieces) {
      // Lowered first: what is raised from here on is found now or at the next look.
      if (Atomics.exchange(flags, ANY, 0) === 0) continue;
      for (let slot = 1; slot < acts.length; slot++) if (Atomics.exchange(flags, slot, 0) !== 0) acts[slot]?.();
    }
  }
}
