// A process's way into the next generation of its group.
//
// It takes a free rank. When every rank is held by a process that is not of the last generation, the holder of rank 0 forms the next one, if
// nothing has changed meanwhile. So a generation never has two members of one rank, and who held a rank before is not in it.

import { type Member, MembershipError } from "@limmat/timely-core";
import type { Etcd3 } from "etcd3";
import { Changes } from "../changes.ts";
import { etcdError } from "./client.ts";
import { Group, type Holder, isOfLast, type Snapshot } from "./group.ts";
import { HeldLease } from "./lease.ts";
import { EtcdMember } from "./member.ts";
import { GenerationWatch } from "./watch.ts";

/** Who asks for which place. */
export interface Request {
  readonly group: string;
  readonly address: string;
  readonly processes: number;
  readonly rank: number | undefined;
  readonly ttl: number;
}

/** One call of `join`. */
export class Joining {
  private readonly etcd: Etcd3;
  private readonly servers: string | readonly string[];
  private readonly request: Request;
  private readonly group: Group;
  private readonly changes = new Changes();
  private seen: Snapshot | undefined;
  private lease: HeldLease | undefined;
  private held: Pick<Holder, "rank" | "revision"> | undefined;

  constructor(etcd: Etcd3, servers: string | readonly string[], request: Request) {
    this.etcd = etcd;
    this.servers = servers;
    this.request = request;
    this.group = new Group(etcd, request.group);
  }

  async join(patience: number, signal: AbortSignal | undefined): Promise<Member> {
    const until = performance.now() + patience * 1000;
    let unwatch = () => {};
    try {
      // The first call tells whether there is an etcd at all; a later failure may pass.
      await this.group.read().catch((cause: unknown) => {
        throw etcdError(this.servers, cause);
      });
      unwatch = this.group.watch(this.changes.note);
      signal?.addEventListener("abort", this.changes.note);
      for (;;) {
        signal?.throwIfAborted();
        let failure: unknown;
        const member = await this.step().catch((error: unknown) => {
          if (error instanceof MembershipError) throw error;
          failure = error;
        });
        if (member !== undefined) return member;
        const left = until - performance.now();
        if (left <= 0) throw failure === undefined ? this.incomplete(patience) : etcdError(this.servers, failure);
        await this.changes.next(Math.min(left, 1000));
      }
    } catch (error) {
      await this.lease?.revoke().catch(() => {});
      this.etcd.close();
      throw error;
    } finally {
      unwatch();
      signal?.removeEventListener("abort", this.changes.note);
    }
  }

  /** Goes one step on, as far as the group's state allows; the change it makes is what wakes the next step. */
  private async step(): Promise<Member | undefined> {
    const { request, group } = this;
    const seen = await group.read();
    this.seen = seen;
    this.requireAgreement(seen);
    const lease = await this.liveLease();
    if (this.held !== undefined && seen.holders.get(this.held.rank)?.revision !== this.held.revision) {
      // The lease lives, so etcd did not take the rank away.
      throw new MembershipError(
        `another process joined group ${request.group} as ${request.address} and took the place: give each process an address of its own`,
      );
    }
    if (this.held === undefined) {
      await this.takeRank(seen, lease);
      return undefined;
    }
    const { rank, revision } = this.held;
    if (seen.generation?.members[rank]?.revision === revision) {
      return new EtcdMember(
        rank,
        seen.generation,
        new GenerationWatch(this.etcd, group, lease, rank, seen.generation, request.ttl),
      );
    }
    const ranks = Array.from({ length: request.processes }, (_, each) => seen.holders.get(each));
    const complete = ranks.every((holder) => holder !== undefined && !isOfLast(seen, holder));
    if (rank === 0 && complete) await group.form(seen, ranks as Holder[]);
    return undefined;
  }

  private async liveLease(): Promise<HeldLease> {
    if (this.lease?.live !== true) {
      this.held = undefined;
      await this.lease?.revoke();
      this.lease = await HeldLease.grant(this.etcd, this.request.ttl);
    }
    return this.lease;
  }

  private async takeRank(seen: Snapshot, lease: HeldLease): Promise<void> {
    const { address, processes, rank } = this.request;
    // Only one process can listen at an address, so whoever holds a rank under this one is gone.
    const predecessor = [...seen.holders.values()].find((holder) => holder.address === address);
    if (predecessor !== undefined) {
      await this.group.remove(predecessor);
      this.changes.note();
      return;
    }
    const ranks = rank === undefined ? Array.from({ length: processes }, (_, each) => each) : [rank];
    for (const free of ranks.filter((each) => !seen.holders.has(each))) {
      const revision = await this.group.take(free, address, processes, lease.id);
      if (revision === undefined) continue;
      this.held = { rank: free, revision };
      this.changes.note();
      return;
    }
  }

  private requireAgreement(seen: Snapshot): void {
    const { group, processes } = this.request;
    const other = [...seen.holders.values()].find((each) => each.processes !== processes && !isOfLast(seen, each));
    if (other === undefined) return;
    throw new MembershipError(
      `${other.address} joins group ${group} as one of ${other.processes} processes, this one as one of ${processes}: start all with the same number`,
    );
  }

  private incomplete(patience: number): MembershipError {
    const { group, processes } = this.request;
    const places = Array.from({ length: processes }, (_, rank) => {
      const holder = this.seen?.holders.get(rank);
      if (holder === undefined) return `${rank} nobody`;
      const stale = this.seen !== undefined && isOfLast(this.seen, holder) ? " of the last generation" : "";
      return `${rank} ${holder.address}${stale}`;
    });
    return new MembershipError(
      `group ${group} of ${processes} did not come together in ${patience} s; its ranks are held by: ${places.join(", ")}`,
    );
  }
}
