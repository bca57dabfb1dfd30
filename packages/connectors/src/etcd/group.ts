// What etcd holds of a group, and the four transactions on it. Every change compares revisions, so none acts on what is no longer so.
//
// PREFIX/member/RANK  a process that has taken this rank, under its lease; the key's create revision tells one holder from the next
// PREFIX/generation   the last generation formed: its number, and for each rank the address and create revision it was formed from

import type { Etcd3, IKeyValue } from "etcd3";

/** A process that holds a rank. */
export interface Holder {
  readonly rank: number;
  readonly address: string;
  /** How many processes it wants the group to have. */
  readonly processes: number;
  /** The revision at which it took the rank, as a decimal string. */
  readonly revision: string;
}

/** A generation as it was formed. */
export interface Generation {
  readonly number: number;
  readonly members: readonly { readonly address: string; readonly revision: string }[];
  /** The ranks that have left in order. */
  readonly left: readonly number[];
}

/** One consistent view of a group. */
export interface Snapshot {
  readonly holders: ReadonlyMap<number, Holder>;
  readonly generation: Generation | undefined;
  /** The revision of the generation's last change, or "0". */
  readonly generationRevision: string;
}

/** Whether a holder is the one that the last generation was formed with. */
export const isOfLast = ({ generation }: Snapshot, { rank, revision }: Holder): boolean =>
  generation?.members[rank]?.revision === revision;

/** A group's keys. */
export class Group {
  private readonly etcd: Etcd3;
  private readonly prefix: string;

  constructor(etcd: Etcd3, name: string) {
    this.etcd = etcd;
    this.prefix = `limmat/${name}/`;
  }

  /** Calls back whenever something may have changed; a call too many or, while disconnected, too few does no harm. Returns what ends it. */
  watch(changed: () => void): () => void {
    const watcher = this.etcd.watch().prefix(this.prefix).watcher();
    for (const event of ["connected", "data", "error"] as const) watcher.on(event as "data", changed);
    return () => {
      watcher.removeAllListeners();
      watcher.on("error", () => {});
      // Its acknowledgement never comes from a server that is gone.
      watcher.cancel().catch(() => {});
    };
  }

  async read(): Promise<Snapshot> {
    const { kvs } = await this.etcd.getAll().prefix(this.prefix).exec();
    const holders = new Map<number, Holder>();
    let generation: IKeyValue | undefined;
    for (const kv of kvs) {
      const key = kv.key.toString().slice(this.prefix.length);
      if (key === "generation") generation = kv;
      if (!key.startsWith("member/")) continue;
      const rank = Number(key.slice("member/".length));
      const { address, processes } = JSON.parse(kv.value.toString()) as Holder;
      holders.set(rank, { rank, address, processes, revision: kv.create_revision });
    }
    return {
      holders,
      generation: generation && (JSON.parse(generation.value.toString()) as Generation),
      generationRevision: generation?.mod_revision ?? "0",
    };
  }

  /** Takes a rank that nobody holds; answers the revision at which it was taken, or undefined when somebody was first. */
  async take(rank: number, address: string, processes: number, lease: string): Promise<string | undefined> {
    const { succeeded, header } = await this.etcd
      .if(this.member(rank), "Create", "==", 0)
      .then(this.etcd.put(this.member(rank)).value(JSON.stringify({ address, processes })).lease(lease))
      .commit();
    return succeeded ? header.revision : undefined;
  }

  /** Removes this very holder, if it still holds its rank. */
  async remove({ rank, revision }: Pick<Holder, "rank" | "revision">): Promise<void> {
    await this.etcd
      .if(this.member(rank), "Create", "==", Number(revision))
      .then(this.etcd.delete().key(this.member(rank)))
      .commit();
  }

  /** Forms the next generation of exactly these holders, provided that all of them and the last generation are as they were seen. */
  async form(seen: Snapshot, holders: readonly Holder[]): Promise<void> {
    let comparison = this.etcd.if(this.generation, "Mod", "==", Number(seen.generationRevision));
    for (const { rank, revision } of holders)
      comparison = comparison.and(this.member(rank), "Create", "==", Number(revision));
    const next: Generation = {
      number: (seen.generation?.number ?? 0) + 1,
      members: holders.map(({ address, revision }) => ({ address, revision })),
      left: [],
    };
    await comparison.then(this.etcd.put(this.generation).value(JSON.stringify(next))).commit();
  }

  /** Notes that a rank of the generation ends in order, unless a later one was formed. */
  async noteLeft(number: number, rank: number): Promise<void> {
    for (;;) {
      const { generation, generationRevision } = await this.read();
      if (generation?.number !== number || generation.left.includes(rank)) return;
      const next: Generation = { ...generation, left: [...generation.left, rank] };
      const { succeeded } = await this.etcd
        .if(this.generation, "Mod", "==", Number(generationRevision))
        .then(this.etcd.put(this.generation).value(JSON.stringify(next)))
        .commit();
      if (succeeded) return;
    }
  }

  private get generation(): string {
    return `${this.prefix}generation`;
  }

  private member(rank: number): string {
    return `${this.prefix}member/${rank}`;
  }
}
