// The receiver's half of the parking protocol (engine rule 15): how a worker with nothing to do falls asleep without
// missing what comes meanwhile. `parkStep` is the protocol, one shared access a step, explored exhaustively in tests.

import type { Doorbell } from "./doorbell.ts";

/** Where somebody who parks stands; the bell was read in every phase but the first and the last. */
export type ParkPhase = "awake" | "read" | "announced" | "idle" | "leaving" | "done";

/** The shared accesses of parking. */
export interface ParkAccess {
  /** Reads the bell and keeps what it shows. */
  readBell(): void;
  storeParked(parked: boolean): void;
  /** Looks for something to do: `more` when there are further places to look at before it can be said. */
  recheck(): "ready" | "more" | "idle";
  /** Sleeps while the bell shows what was read; returns false to be called again after a wake-up. */
  sleep(): boolean;
}

/** Performs one step of parking and returns the phase after it. */
export function parkStep(phase: ParkPhase, access: ParkAccess): ParkPhase {
  switch (phase) {
    case "awake":
      access.readBell();
      return "read";
    case "read":
      access.storeParked(true);
      return "announced";
    case "announced": {
      const found = access.recheck();
      if (found === "more") return "announced";
      return found === "ready" ? "leaving" : "idle";
    }
    case "idle":
      return access.sleep() ? "leaving" : "idle";
    case "leaving":
      access.storeParked(false);
      return "done";
    case "done":
      return "done";
  }
}

/** A microsecond or two: more would cost other threads of a small machine more than it saves this one. */
const DEFAULT_SPINS = 64;

/** How a worker waits when it has nothing to do. */
export interface ParkingOptions {
  /** How often to look for something to do before parking (default 64; 0 parks at once). */
  readonly spins?: number;
}

/** Parks one worker on its doorbell; only the worker itself uses it. */
export class Parking {
  readonly #doorbell: Doorbell;
  readonly #spins: number;
  readonly #access: ParkAccess;
  #ready: () => boolean = () => true;
  #timeout = 0;
  #bell = 0;

  constructor(doorbell: Doorbell, options: ParkingOptions = {}) {
    this.#doorbell = doorbell;
    this.#spins = options.spins ?? DEFAULT_SPINS;
    this.#access = {
      readBell: () => {
        this.#bell = doorbell.loadBell();
      },
      storeParked: (parked) => doorbell.storeParked(parked),
      recheck: () => (this.#ready() ? "ready" : "idle"),
      sleep: () => {
        doorbell.wait(this.#bell, this.#timeout);
        return true;
      },
    };
  }

  /**
   * Blocks the thread until `ready` may have become true or `timeout` milliseconds passed (Infinity: none). `ready` looks
   * at every ring and at whatever else rings the doorbell; it must not have missed anything when it says no. For threads
   * without an event loop of their own, on shared memory.
   */
  block(ready: () => boolean, timeout: number): void {
    if (!this.#start(ready, timeout)) return;
    let phase: ParkPhase = "awake";
    while (phase !== "done") phase = parkStep(phase, this.#access);
  }

  /**
   * The same without blocking: resolves when `ready` may have become true or the time has passed, and keeps the event
   * loop alive until then. Resolves in a microtask where there is something to do already, so a caller that shares its
   * event loop with others yields to it now and then by itself.
   */
  async wait(ready: () => boolean, timeout: number): Promise<void> {
    if (!this.#start(ready, timeout)) return;
    let phase: ParkPhase = "awake";
    while (phase !== "done") {
      if (phase === "idle") {
        await this.#doorbell.waitAsync(this.#bell, this.#timeout);
        phase = "leaving";
      } else {
        phase = parkStep(phase, this.#access);
      }
    }
  }

  /** Spins; returns whether to park after it. */
  #start(ready: () => boolean, timeout: number): boolean {
    if (timeout <= 0) return false;
    for (let spin = 0; spin < this.#spins; spin++) if (ready()) return false;
    this.#ready = ready;
    this.#timeout = timeout;
    return true;
  }
}
