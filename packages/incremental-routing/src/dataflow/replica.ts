// One worker's replica of the network, and the names that its later operators must still know.

import { type Change, Network, type NetworkDelta } from "../network/index.ts";
import type { RoutesArgument } from "./records.ts";

/** A node or link index that got a new name at a tick. */
interface Naming {
  readonly tick: number;
  readonly index: number;
  readonly id: string;
}

/**
 * Names of dense indexes as of a tick that the network itself has left behind: indexes are given away again, and operators further down
 * the dataflow are ticks late.
 */
class Names {
  private readonly names: string[];
  private readonly coming: Naming[] = [];

  constructor(names: string[]) {
    this.names = names;
  }

  announce(naming: Naming): void {
    this.coming.push(naming);
  }

  /** Moves on to the names at the end of a tick. */
  advanceTo(tick: number): void {
    let due = 0;
    while (due < this.coming.length && (this.coming[due] as Naming).tick <= tick) {
      const { index, id } = this.coming[due] as Naming;
      this.names[index] = id;
      due += 1;
    }
    if (due > 0) this.coming.splice(0, due);
  }

  of(index: number): string {
    return this.names[index] as string;
  }
}

/** The network as one worker knows it. */
export class Replica {
  readonly network: Network;
  /** Names as of the tick that stage 2 has come to. */
  readonly nodeNames: Names;
  readonly linkNames: Names;

  constructor({ topology, resolution }: RoutesArgument) {
    this.network = new Network(topology, resolution === undefined ? {} : { resolution });
    this.nodeNames = new Names(topology.nodes.map(({ id }) => id));
    this.linkNames = new Names(topology.links.map(({ id }) => id));
  }

  /** Applies the changes of a tick's epoch, which the client has found to be good. */
  apply(tick: number, changes: readonly Change[]): NetworkDelta {
    const delta = this.network.applyEpoch(changes);
    for (const change of changes) {
      if (change.op === "node-add") {
        const index = this.network.nodeIndex(change.node);
        if (index !== undefined) this.nodeNames.announce({ tick, index, id: change.node });
      } else if (change.op === "link-add") {
        const index = this.network.linkIndex(change.link);
        if (index !== undefined) this.linkNames.announce({ tick, index, id: change.link });
      }
    }
    return delta;
  }
}
