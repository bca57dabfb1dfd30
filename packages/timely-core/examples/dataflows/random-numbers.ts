// Random numbers that are the same in every run, each worker drawing its own: the mixed bits of a counter, as in SplitMix (Steele, Lea
// and Flood, OOPSLA 2014), of which every worker has a part of the range.
import { mix32 } from "@limmat/timely-core";

/** One worker's random numbers; made anew, the same ones come again. */
export class RandomNumbers {
  private counter: number;

  constructor(worker: number, peers: number) {
    this.counter = Math.floor((worker / peers) * 4294967296) | 0;
  }

  /** The next one, from 0 and below `limit`, which is at most 2^32. */
  below(limit: number): number {
    this.counter = (this.counter + 1) | 0;
    return Math.floor((mix32(Math.imul(this.counter, 0x9e3779b1)) / 4294967296) * limit);
  }
}
