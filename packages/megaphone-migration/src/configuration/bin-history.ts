// Where each bin lived after each step: a table for the oldest step still kept, and per bin a chain of what later steps changed.
// Chains carry jump pointers (Myers, "An applicative random-access stack", 1983), so that a search is logarithmic.

import type { BinMap } from "./bin-map.ts";

const none = -1;
const smallestCapacity = 16;

/**
 * The workers of bins after steps, which are named by increasing ordinals.
 *
 * Memory is 8 bytes a bin plus 28 bytes for each change since the oldest step kept. A lookup is O(1) for a bin that no kept step
 * changed, else O(log c) in the number c of its changes.
 */
export class BinHistory {
  // The worker of each bin before any change that is kept in a chain.
  private readonly base: BinMap;
  // The newest change of each bin, or `none`.
  private readonly heads: Int32Array;
  // Changes, in the order of their steps.
  private size = 0;
  private bins = new Uint32Array(smallestCapacity);
  private workers = new Uint32Array(smallestCapacity);
  // Doubles, so that ordinals never wrap.
  private ordinals = new Float64Array(smallestCapacity);
  // The change before this one of the same bin, and one further back.
  private previous = new Int32Array(smallestCapacity);
  private jumps = new Int32Array(smallestCapacity);
  private depths = new Uint32Array(smallestCapacity);

  /** Takes `map` as its table, without a copy. */
  constructor(map: BinMap) {
    this.base = map;
    this.heads = new Int32Array(map.length).fill(none);
  }

  /** How many changes are kept. */
  get changes(): number {
    return this.size;
  }

  /** The worker of `bin` after all steps. O(1). */
  latest(bin: number): number {
    const head = this.heads[bin] as number;
    return (head === none ? this.base[bin] : this.workers[head]) as number;
  }

  /** The worker of `bin` after the step named `ordinal`, which must be one that `compact` kept, or newer. */
  workerOf(bin: number, ordinal: number): number {
    const { ordinals, jumps, previous } = this;
    let at = this.heads[bin] as number;
    while (at !== none && (ordinals[at] as number) > ordinal) {
      const jump = jumps[at] as number;
      at = jump !== none && (ordinals[jump] as number) > ordinal ? jump : (previous[at] as number);
    }
    return (at === none ? this.base[bin] : this.workers[at]) as number;
  }

  /** The worker of each bin after the step named `ordinal`, in an array of its own. O(bins). */
  map(ordinal: number): BinMap {
    const map = new Uint32Array(this.base.length);
    for (let bin = 0; bin < map.length; bin++) map[bin] = this.workerOf(bin, ordinal);
    return map;
  }

  /** Says that `bin` lives at `worker` after the step named `ordinal`, which must not be older than any before. */
  change(bin: number, worker: number, ordinal: number): void {
    const before = this.heads[bin] as number;
    if (before !== none && this.ordinals[before] === ordinal) {
      this.workers[before] = worker;
      return;
    }
    if (this.size === this.bins.length) this.resize(this.size * 2);
    const at = this.size++;
    this.bins[at] = bin;
    this.workers[at] = worker;
    this.ordinals[at] = ordinal;
    this.previous[at] = before;
    this.heads[bin] = at;
    const { jumps, depths } = this;
    if (before === none) {
      jumps[at] = none;
      depths[at] = 0;
      return;
    }
    depths[at] = (depths[before] as number) + 1;
    // Two jumps of equal length behind the predecessor are joined to one, as in a skew-binary counter.
    const first = jumps[before] as number;
    const second = first === none ? none : (jumps[first] as number);
    const equal =
      second !== none &&
      (depths[before] as number) - (depths[first] as number) === (depths[first] as number) - (depths[second] as number);
    jumps[at] = equal ? second : before;
  }

  /**
   * Forgets all but what the steps named by `kept` (ascending, from index `start`) and newer ones need. O(changes).
   *
   * Of steps between two kept ones, the last change of a bin stands for all; up to the first kept one, changes go into the table.
   */
  compact(kept: readonly { readonly ordinal: number }[], start: number): void {
    const { size, bins, workers, ordinals } = this;
    for (let i = 0; i < size; i++) this.heads[bins[i] as number] = none;
    this.size = 0;
    this.resize(size);
    let next = start;
    for (let i = 0; i < size; i++) {
      const ordinal = ordinals[i] as number;
      while (next < kept.length && (kept[next] as { ordinal: number }).ordinal < ordinal) next += 1;
      if (next === start) this.base[bins[i] as number] = workers[i] as number;
      else {
        const name = next < kept.length ? (kept[next] as { ordinal: number }).ordinal : ordinal;
        this.change(bins[i] as number, workers[i] as number, name);
      }
    }
    this.resize(this.size);
  }

  /** New columns with room for `capacity` changes, holding the present ones. */
  private resize(capacity: number): void {
    const room = Math.max(capacity, smallestCapacity);
    const { size } = this;
    const { bins, workers, ordinals, previous, jumps, depths } = this;
    this.bins = new Uint32Array(room);
    this.bins.set(bins.subarray(0, size));
    this.workers = new Uint32Array(room);
    this.workers.set(workers.subarray(0, size));
    this.ordinals = new Float64Array(room);
    this.ordinals.set(ordinals.subarray(0, size));
    this.previous = new Int32Array(room);
    this.previous.set(previous.subarray(0, size));
    this.jumps = new Int32Array(room);
    this.jumps.set(jumps.subarray(0, size));
    this.depths = new Uint32Array(room);
    this.depths.set(depths.subarray(0, size));
  }
}
