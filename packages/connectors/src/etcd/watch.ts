// A generation watched by one of its processes: the others' places, and its own lease.

import { MemberLostError } from "@limmat/timely-core";
import type { Etcd3 } from "etcd3";
import { Changes } from "../changes.ts";
import type { Generation, Group, Snapshot } from "./group.ts";
import type { HeldLease } from "./lease.ts";

/** Watches from when the generation is formed until this process leaves it or any is lost. */
export class GenerationWatch {
  /** Rejects with `MemberLostError` at the first loss. */
  readonly lost: Promise<never>;
  private readonly etcd: Etcd3;
  private readonly group: Group;
  private readonly lease: HeldLease;
  private readonly formed: Generation;
  private readonly index: number;
  private readonly changes = new Changes();
  private readonly unwatch: () => void;
  private reject!: (error: MemberLostError) => void;
  private ending: Promise<void> | undefined;

  constructor(etcd: Etcd3, group: Group, lease: HeldLease, index: number, formed: Generation, ttl: number) {
    this.etcd = etcd;
    this.group = group;
    this.lease = lease;
    this.formed = formed;
    this.index = index;
    this.lost = new Promise((_, reject) => {
      this.reject = reject;
    });
    // Whoever waits for it sees the error; nobody has to.
    this.lost.catch(() => {});
    this.unwatch = group.watch(this.changes.note);
    void lease.expired.then((reason) => this.lose(index, reason));
    void this.watch((ttl * 1000) / 2);
  }

  /** Gives this process's place up in order. */
  leave(): Promise<void> {
    return this.end(() => this.group.noteLeft(this.formed.number, this.index));
  }

  private async watch(pause: number): Promise<void> {
    while (this.ending === undefined) {
      // While etcd can't be read the own lease decides.
      const seen = await this.group.read().catch(() => undefined);
      if (this.ending !== undefined) return;
      const gone = seen && this.gone(seen);
      if (gone !== undefined) this.lose(...gone);
      else await this.changes.next(pause);
    }
  }

  /** Who of the generation is gone and why; this process first, since it then knows least about the others. */
  private gone({ holders, generation }: Snapshot): [rank: number, reason: string] | undefined {
    const left = generation?.number === this.formed.number ? generation.left : [];
    const holds = (rank: number) => holders.get(rank)?.revision === this.formed.members[rank]?.revision;
    if (!holds(this.index)) return [this.index, "its lease ran out, or another process joined under its address"];
    if (generation?.number !== this.formed.number)
      return [this.index, `generation ${generation?.number} was formed without it`];
    const rank = this.formed.members.findIndex((_, each) => !holds(each) && !left.includes(each));
    return rank < 0 ? undefined : [rank, "its lease ran out or was taken over"];
  }

  private lose(rank: number, reason: string): void {
    if (this.ending !== undefined) return;
    this.reject(new MemberLostError(rank, this.formed.members[rank]?.address as string, this.formed.number, reason));
    void this.end(async () => {});
  }

  private end(before: () => Promise<void>): Promise<void> {
    this.ending ??= (async () => {
      this.unwatch();
      this.changes.note();
      // What etcd can't be told now it finds out when the lease runs out.
      await before().catch(() => {});
      await this.lease.revoke().catch(() => {});
      this.etcd.close();
    })();
    return this.ending;
  }
}
