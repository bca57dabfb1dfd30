// Which worker has the routes toward a destination: blocks of 32 destinations are the bins (engine rule 26).

import { Bins, binOf, type Configuration, Configurations, maximumBinBits } from "@limmat/megaphone-migration";
import { integers } from "@limmat/timely-core";
import { BLOCK_SLOTS } from "../routes/index.ts";

/** A few bins more than blocks now, so that nodes can be added before blocks must share bins. */
const headRoom = 2;

/** The bins of a network's destinations, and where each bin lives. */
export class Placement {
  private readonly bins: Bins;
  private readonly configuration: Configuration<number>;

  /** For a network of `nodes` destinations at its start, on `workers` workers. */
  constructor(nodes: number, workers: number) {
    const blocks = Math.max(1, Math.ceil(nodes / BLOCK_SLOTS));
    this.bins = new Bins(Math.min(maximumBinBits, Math.ceil(Math.log2(blocks * headRoom))));
    this.configuration = new Configurations(integers, this.bins, workers).latest;
  }

  /** The worker that owns a block. */
  ownerOf(block: number): number {
    const { bits } = this.bins;
    // Dense indexes need no mixing: the block's low bits, moved to the top, are its hash.
    return this.configuration.workerOf(bits === 0 ? 0 : binOf(block << (32 - bits), bits));
  }
}
