// The memory of a store of records: blocks of the worker's arena, or of a private one where the run has none, reached through one
// view a slab and type. A view a block would be thousands of objects, which would not fit the cache.

import { Arena, type Block } from "@limmat/timely-core";
import { StoreLimitError } from "./errors.ts";

const GRANULE = 256;
const LEAST_SLAB = 2 ** 24;
const MOST_SLAB = 2 ** 30;

/** The arena that stands in where a run has none; its memory is not shared. `block` is the largest block that will be asked for, in bytes. */
export function privateArena(block: number): Arena {
  // A slab spends a 64th of itself on its bookkeeping.
  const needed = 2 ** Math.ceil(Math.log2((block * 64) / 63 + GRANULE));
  if (needed > MOST_SLAB)
    throw new StoreLimitError(`a bin of ${block} bytes is more than a slab of 1 GiB holds: use more bins`);
  // Room for eight of the largest, so that what is left over at the end of a slab is little.
  const slabBytes = Math.min(MOST_SLAB, Math.max(LEAST_SLAB, needed * 8));
  const descriptor = Arena.create({ allocators: 1, slabBytes, slabs: 1, shared: false });
  return new Arena(descriptor, { allocator: 0, grows: true });
}

/**
 * The slabs that blocks of a store lie in, by numbers of the store's own, and views of them.
 *
 * An address is an integer below 2^31: the number of the slab above `shift`, and below it units of 4 or 8 bytes from the slab's start.
 */
export class Slabs {
  /** The bits of an address below the slab's number. */
  shift = 30;
  /** These bits. */
  mask = 2 ** 30 - 1;
  /** Bytes of a unit, as a shift: 2 or 3. */
  readonly unitShift: number;
  /** The slabs as signed words, by number; and below as what fields hold. */
  readonly i32: Int32Array[] = [];
  readonly u32: Uint32Array[] = [];
  readonly f32: Float32Array[] = [];
  readonly f64: Float64Array[] = [];
  readonly #numbers = new Map<number, number>();
  readonly #ids: number[] = [];

  constructor(unitWords: 1 | 2) {
    this.unitShift = unitWords + 1;
  }

  /** Adds memory that belongs to no arena as the next slab; to be called before the first block. */
  addBuffer(buffer: ArrayBufferLike): void {
    this.i32.push(new Int32Array(buffer));
    this.u32.push(new Uint32Array(buffer));
    this.f32.push(new Float32Array(buffer));
    this.f64.push(new Float64Array(buffer));
  }

  /** The address of a block. Throws `StoreLimitError` when the addresses are used up: at 8 to 16 GiB, half of that without fields of 8 bytes. */
  address(block: Block): number {
    let number = this.#numbers.get(block.slab);
    if (number === undefined) {
      const { buffer } = block;
      if (this.#numbers.size === 0) {
        this.shift = Math.ceil(Math.log2(buffer.byteLength)) - this.unitShift;
        this.mask = 2 ** this.shift - 1;
      }
      number = this.i32.length;
      if (number >= 2 ** (31 - this.shift))
        throw new StoreLimitError(`a store reaches ${number} slabs, not more: spread its bins over more workers`);
      this.addBuffer(buffer);
      this.#numbers.set(block.slab, number);
      this.#ids[number] = block.slab;
    }
    return (number << this.shift) | (block.offset >>> this.unitShift);
  }

  /** The arena's number of the slab that an address is in. */
  slabOf(address: number): number {
    return this.#ids[address >>> this.shift] as number;
  }

  /** Bytes from the start of its slab to an address. */
  offsetOf(address: number): number {
    return (address & this.mask) << this.unitShift;
  }

  /** The words that an address is among. */
  wordsOf(address: number): Int32Array {
    return this.i32[address >>> this.shift] as Int32Array;
  }

  /** Where among those it is. */
  wordOf(address: number): number {
    return (address & this.mask) << (this.unitShift - 2);
  }
}
