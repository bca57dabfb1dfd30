// A lease that its holder gives up for lost by its own clock, no later than etcd does.

import type { Etcd3, Lease } from "etcd3";

/** A lease under renewal. */
export class HeldLease {
  /** The lease's number in etcd. */
  readonly id: string;
  /** Resolves with a reason once the lease has run out, or may have. */
  readonly expired: Promise<string>;
  private readonly lease: Lease;
  private readonly milliseconds: number;
  private resolve!: (reason: string) => void;
  private over = false;
  private timer: NodeJS.Timeout | undefined;
  private asked = performance.now();
  private deadline = 0;

  private constructor(lease: Lease, id: string, seconds: number, asked: number) {
    this.lease = lease;
    this.id = id;
    this.milliseconds = seconds * 1000;
    this.expired = new Promise((resolve) => {
      this.resolve = resolve;
    });
    // etcd counts from when it handles a renewal: counting from when that was asked for is never later.
    lease.on("keepaliveFired", () => {
      this.asked = performance.now();
    });
    lease.on("keepaliveSucceeded", () => this.renewed(this.asked));
    lease.on("lost", ({ message }) => this.expire(`its lease ran out (${message})`));
    this.renewed(asked);
  }

  /** Asks for a lease of so many seconds. */
  static async grant(etcd: Etcd3, seconds: number): Promise<HeldLease> {
    const asked = performance.now();
    const lease = etcd.lease(seconds);
    lease.on("lost", () => {});
    return new HeldLease(lease, await lease.grant(), seconds, asked);
  }

  /** Whether it surely has not run out: by the clock, since timers come late to a process that was stopped. */
  get live(): boolean {
    return !this.over && performance.now() < this.deadline;
  }

  /** Gives the lease back, and with it what was written under it. */
  async revoke(): Promise<void> {
    this.over = true;
    clearTimeout(this.timer);
    await this.lease.revoke();
  }

  private expire(reason: string): void {
    this.over = true;
    this.resolve(reason);
  }

  private renewed(asked: number): void {
    clearTimeout(this.timer);
    if (this.over) return;
    this.deadline = asked + this.milliseconds;
    this.timer = setTimeout(
      () => this.expire(`it could not renew its lease for ${this.milliseconds / 1000} s`),
      Math.max(0, this.deadline - performance.now()),
    );
  }
}
