// A block: a piece of a slab that is somebody's, until it is freed.

import { StaleBlockError } from "./errors.ts";
import type { BlockHandle } from "./handle.ts";
import { GRANULE, type OpenSlab } from "./slab.ts";

/**
 * A piece of shared memory, aligned to 256 bytes. Its views check the generation when they are asked for, not at every
 * element: take a view once per use, never past the free. Contents are whatever was there before.
 */
export class Block implements BlockHandle {
  readonly slab: number;
  readonly offset: number;
  readonly length: number;
  readonly generation: number;
  readonly #memory: OpenSlab;
  #u8: Uint8Array | undefined;
  #u16: Uint16Array | undefined;
  #u32: Uint32Array | undefined;
  #f64: Float64Array | undefined;

  /** Made by the arena, which hands over the slab as it sees it. */
  constructor(memory: OpenSlab, offset: number, length: number, generation: number) {
    this.#memory = memory;
    this.slab = memory.id;
    this.offset = offset;
    this.length = length;
    this.generation = generation;
  }

  /** @throws StaleBlockError when the block was freed, here or anywhere, before the last message from there. */
  check(): void {
    const current = this.#memory.words[this.offset / GRANULE] as number;
    if (current !== this.generation) throw new StaleBlockError(this.slab, this.offset, this.generation, current);
  }

  /** The memory of the whole slab, for views at `offset` of other types. */
  get buffer(): ArrayBufferLike {
    this.check();
    return this.#memory.buffer;
  }

  /** The block as bytes. */
  get u8(): Uint8Array {
    this.check();
    this.#u8 ??= new Uint8Array(this.#memory.buffer, this.offset, this.length);
    return this.#u8;
  }

  /** The block as 16-bit words; an odd byte at its end is left out, and likewise below. */
  get u16(): Uint16Array {
    this.check();
    this.#u16 ??= new Uint16Array(this.#memory.buffer, this.offset, this.length >>> 1);
    return this.#u16;
  }

  /** The block as 32-bit words. */
  get u32(): Uint32Array {
    this.check();
    this.#u32 ??= new Uint32Array(this.#memory.buffer, this.offset, this.length >>> 2);
    return this.#u32;
  }

  /** The block as doubles. */
  get f64(): Float64Array {
    this.check();
    this.#f64 ??= new Float64Array(this.#memory.buffer, this.offset, this.length >>> 3);
    return this.#f64;
  }
}
