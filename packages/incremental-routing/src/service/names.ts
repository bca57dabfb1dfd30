// Names of dense indexes as of an epoch that the network itself has left behind: indexes are given away again, and deltas come late.

import type { Change, Network } from "../network/index.ts";

/** An index that gets a new name with an epoch. */
interface Naming {
  readonly epoch: number;
  readonly index: number;
  readonly id: string;
}

/** The names of one kind of index. */
class NamesOfKind {
  private readonly names: string[];
  private readonly coming: Naming[] = [];

  constructor(names: string[]) {
    this.names = names;
  }

  announce(epoch: number, index: number | undefined, id: string): void {
    // Added and removed in one epoch: never seen.
    if (index !== undefined) this.coming.push({ epoch, index, id });
  }

  advanceTo(epoch: number): void {
    let due = 0;
    for (; due < this.coming.length && (this.coming[due] as Naming).epoch <= epoch; due++) {
      const { index, id } = this.coming[due] as Naming;
      this.names[index] = id;
    }
    if (due > 0) this.coming.splice(0, due);
  }

  of(index: number): string {
    return this.names[index] as string;
  }
}

/** The names of a network's nodes and links as of the epoch whose delta is read. */
export class Names {
  readonly nodes: NamesOfKind;
  readonly links: NamesOfKind;

  /** The names that a network has now. */
  constructor(network: Network) {
    const { nodeBound, linkBound } = network;
    this.nodes = new NamesOfKind(Array.from({ length: nodeBound }, (_, index) => network.nodeId(index)));
    this.links = new NamesOfKind(Array.from({ length: linkBound }, (_, index) => network.linkId(index)));
  }

  /** Notes what the changes of an epoch, just applied to `network`, have named. */
  announce(epoch: number, changes: readonly Change[], network: Network): void {
    for (const change of changes) {
      if (change.op === "node-add") this.nodes.announce(epoch, network.nodeIndex(change.node), change.node);
      else if (change.op === "link-add") this.links.announce(epoch, network.linkIndex(change.link), change.link);
    }
  }

  /** Moves on to the names at the end of an epoch. */
  advanceTo(epoch: number): void {
    this.nodes.advanceTo(epoch);
    this.links.advanceTo(epoch);
  }
}
