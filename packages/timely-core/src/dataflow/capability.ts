// The right to send at a time, and later: while it is held, no frontier downstream passes the time.
// After Naiad's pointstamps and timely dataflow's `Capability`; engine rules 3 and 5.

import type { TimeDomain } from "../order/index.ts";
import { CapabilityError, DroppedError, type Place } from "./errors.ts";

/** The output port that capabilities are for, as they see it. */
export interface CapabilityPort<T> {
  readonly domain: TimeDomain<T>;
  readonly place: Place;
  /** The capabilities held for the port, in order of creation: the ledger that reports name holders from. */
  readonly held: Set<Capability<T>>;
  /** Whether the dataflow was dropped on this worker. */
  readonly dropped: boolean;
  /** Sends what is buffered, so that no right is given up before what was sent under it is counted. */
  flush(): void;
  /** Records a change of the count of capabilities at a time. */
  holds(time: T, diff: number): void;
}

/**
 * The right to send on one output port at `time` or later.
 *
 * Release it as soon as it is not needed, explicitly or with `using`: a forgotten one freezes every frontier downstream. Using a
 * released one throws `CapabilityError`.
 */
export class Capability<T> {
  private readonly port: CapabilityPort<T>;
  private current: T;
  private released = false;
  private purpose: string | undefined;

  /** Engine-internal: a capability whose count is already recorded. @internal */
  constructor(port: CapabilityPort<T>, time: T) {
    this.port = port;
    this.current = time;
    port.held.add(this);
  }

  /** The order of its times. */
  get domain(): TimeDomain<T> {
    return this.port.domain;
  }

  /** The least time at which this allows sending. */
  get time(): T {
    return this.current;
  }

  /** Whether it may still be used. */
  get live(): boolean {
    return !this.released;
  }

  /** Whether this is for that port. */
  isFor(port: unknown): boolean {
    return this.port === port;
  }

  /** Why it is held for long, if `named` said so. */
  get reason(): string | undefined {
    return this.purpose;
  }

  /**
   * Says that it is held for long on purpose, and why: reports give the reason, and do not take it for a forgotten one. The capabilities
   * that are made from it have the same reason. Returns it.
   */
  named(reason: string): this {
    this.purpose = reason;
    return this;
  }

  /** A second capability for the same time. */
  clone(): Capability<T> {
    return this.delayed(this.current);
  }

  /** A second capability, for a time at or after this one's; an earlier one throws `CapabilityError`. */
  delayed(time: T): Capability<T> {
    this.check(time);
    this.port.holds(time, 1);
    const second = new Capability(this.port, time);
    second.purpose = this.purpose;
    return second;
  }

  /** Moves this capability to a time at or after its own; an earlier one throws `CapabilityError`. */
  downgrade(time: T): void {
    this.check(time);
    this.port.flush();
    this.port.holds(time, 1);
    this.port.holds(this.current, -1);
    this.current = time;
  }

  /** Gives the right up. Releasing twice is harmless. */
  release(): void {
    if (this.released) return;
    this.port.flush();
    this.released = true;
    this.port.held.delete(this);
    this.port.holds(this.current, -1);
  }

  /** Releases it: for `using`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Engine-internal: ends it without telling anybody, with the dataflow. @internal */
  revoke(): void {
    this.released = true;
  }

  private check(time: T): void {
    const { domain, place } = this.port;
    if (this.released) throw spent(this.port, `the capability for ${show(domain, this.current)} was released`);
    if (!domain.lessEqual(this.current, time)) {
      throw new CapabilityError(
        place,
        `a capability for ${show(domain, this.current)} can't be used at ${show(domain, time)}, which is not at or after it`,
      );
    }
  }
}

/** Why a capability that is no longer live can't be used. */
export function spent(
  port: { readonly place: Place; readonly dropped: boolean },
  message: string,
): CapabilityError | DroppedError {
  return port.dropped ? new DroppedError(port.place) : new CapabilityError(port.place, message);
}

/** A time as shown in errors. */
export function show<T>(domain: TimeDomain<T>, time: T): string {
  return `${domain.name} time ${JSON.stringify(time) ?? String(domain.key(time))}`;
}
