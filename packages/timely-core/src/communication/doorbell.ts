// The sender's half of the parking protocol (engine rule 15): whoever gives a worker something to do rings its bell.
// `ringStep` is the protocol itself, one shared access a step, so that a test can explore every interleaving of it.

/** Where somebody who rings stands: `published` comes after the store that there is something to find. */
export type RingPhase = "published" | "parked" | "counted" | "done";

/** The shared accesses of ringing. */
export interface RingAccess {
  /** Whether the receiver announced that it parks. */
  loadParked(): boolean;
  /** Adds one to the bell, so that a receiver that read it before does not fall asleep. */
  addBell(): void;
  /** Wakes the receiver if it sleeps. */
  notify(): void;
}

/** Performs one step of ringing and returns the phase after it. */
export function ringStep(phase: RingPhase, access: RingAccess): RingPhase {
  switch (phase) {
    case "published":
      return access.loadParked() ? "parked" : "done";
    case "parked":
      access.addBell();
      return "counted";
    case "counted":
      access.notify();
      return "done";
    case "done":
      return "done";
  }
}

const BELL = 0;
const PARKED = 1;
const BYTES = 64;

/** Sleepers on memory that is not shared: they are in this thread, and Atomics can't wake them. */
const localSleepers = new WeakMap<ArrayBufferLike, () => void>();

/** The bell of one worker: two words, the bell itself and whether the worker is parked, on a cache line of their own. */
export class Doorbell implements RingAccess {
  /** The memory of the bell: what others open it by. */
  readonly buffer: ArrayBufferLike;
  readonly #words: Int32Array;

  constructor(buffer: ArrayBufferLike) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** Allocates the memory of a bell, shared where that is asked for and the platform can. */
  static create(shared: boolean): ArrayBufferLike {
    return shared && typeof SharedArrayBuffer !== "undefined" ? new SharedArrayBuffer(BYTES) : new ArrayBuffer(BYTES);
  }

  /** Whether the bell is heard across threads. */
  get shared(): boolean {
    return typeof SharedArrayBuffer !== "undefined" && this.buffer instanceof SharedArrayBuffer;
  }

  /**
   * Wakes the worker if it is parked or about to park. Call it after the store that shows what there is to do; then no
   * wake-up is lost. One atomic load while the worker is awake.
   */
  ring(): void {
    let phase: RingPhase = "published";
    while (phase !== "done") phase = ringStep(phase, this);
  }

  loadParked(): boolean {
    return Atomics.load(this.#words, PARKED) !== 0;
  }

  addBell(): void {
    Atomics.add(this.#words, BELL, 1);
  }

  notify(): void {
    if (this.shared) Atomics.notify(this.#words, BELL);
    else localSleepers.get(this.buffer)?.();
  }

  /** The present count of the bell; for the one who parks. */
  loadBell(): number {
    return Atomics.load(this.#words, BELL);
  }

  /** Announces that the worker parks, or no longer does; for the one who parks. */
  storeParked(parked: boolean): void {
    Atomics.store(this.#words, PARKED, parked ? 1 : 0);
  }

  /** Blocks the thread while the bell still shows `bell`, `timeout` milliseconds at most. */
  wait(bell: number, timeout: number): void {
    Atomics.wait(this.#words, BELL, bell, timeout);
  }

  /**
   * Resolves when the bell no longer shows `bell`, `timeout` milliseconds from now at the latest, and keeps the event
   * loop alive until then. Where shared memory cannot be awaited (no Atomics.waitAsync) the bell is looked at every
   * `POLL` milliseconds, so a wake-up comes that much late at most.
   */
  waitAsync(bell: number, timeout: number): Promise<void> {
    if (!this.shared) return this.#waitLocally(bell, timeout);
    const waitAsync = (Atomics as WithWaitAsync).waitAsync;
    if (waitAsync === undefined) return this.#poll(bell, timeout);
    const result = waitAsync.call(Atomics, this.#words, BELL, bell, Number.POSITIVE_INFINITY);
    if (!result.async) return Promise.resolve();
    // A pending waitAsync does not keep the process alive; a timer does, and this one ends the wait when its time has passed.
    const keepAlive = setInterval(() => Atomics.notify(this.#words, BELL), Math.min(timeout, LONGEST_TIMER));
    return result.value.then(() => clearInterval(keepAlive));
  }

  #waitLocally(bell: number, timeout: number): Promise<void> {
    if (this.loadBell() !== bell) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        localSleepers.delete(this.buffer);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(timeout, LONGEST_TIMER));
      localSleepers.set(this.buffer, wake);
    });
  }

  #poll(bell: number, timeout: number): Promise<void> {
    const end = performance.now() + timeout;
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.loadBell() !== bell || performance.now() >= end) resolve();
        else setTimeout(look, Math.min(POLL, end - performance.now()));
      };
      look();
    });
  }
}

/** The longest delay that timers take, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** How often the bell is looked at where it cannot be awaited, in milliseconds. */
const POLL = 4;

/** Atomics as ES2024 has them; older platforms lack the function. */
interface WithWaitAsync {
  readonly waitAsync?: (
    words: Int32Array,
    index: number,
    value: number,
    timeout: number,
  ) => { readonly async: false } | { readonly async: true; readonly value: Promise<string> };
}
