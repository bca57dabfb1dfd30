// Splits the 32 destinations of a block into classes that have the same next hops at a node, one port after the other:
// partition refinement on bit masks, so that a node costs its ports times its classes and not times its destinations.

import { portHash } from "./next-hop-sets.ts";

/** The classes of one node and block; reused from node to node. */
export class Refinement {
  /** How many classes there are, at most 33. */
  count = 0;
  /** By class: the slots in it. */
  readonly masks = new Int32Array(33);
  /** By class: the hash of its next-hop set. */
  readonly hashes = new Int32Array(33);
  /** By class, `stride` words: its next-hop set. */
  words = new Int32Array(33);
  stride = 1;

  /** Begins with one class of `slots` that has no next hop. */
  start(slots: number, stride: number): void {
    this.stride = stride;
    if (this.words.length < 33 * stride) this.words = new Int32Array(33 * stride);
    this.count = 1;
    this.masks[0] = slots;
    this.hashes[0] = 0;
    for (let i = 0; i < stride; i++) this.words[i] = 0;
  }

  /** Adds the port at `position` to the next hops of the slots in `tight`. */
  split(position: number, tight: number): void {
    const { masks, hashes, words, stride, count } = this;
    const hash = portHash(position);
    const word = position >>> 5;
    const bit = 1 << (position & 31);
    // Most nodes reach all 32 destinations alike.
    if (count === 1 && (masks[0] as number) === tight) {
      hashes[0] = (hashes[0] as number) ^ hash;
      words[word] = (words[word] as number) | bit;
      return;
    }
    for (let c = 0; c < count; c++) {
      const mask = masks[c] as number;
      const inside = mask & tight;
      if (inside === 0) continue;
      let to = c;
      if (inside !== mask) {
        to = this.count++;
        masks[c] = mask ^ inside;
        masks[to] = inside;
        hashes[to] = hashes[c] as number;
        for (let i = 0; i < stride; i++) words[to * stride + i] = words[c * stride + i] as number;
      }
      hashes[to] = (hashes[to] as number) ^ hash;
      words[to * stride + word] = (words[to * stride + word] as number) | bit;
    }
  }
}
