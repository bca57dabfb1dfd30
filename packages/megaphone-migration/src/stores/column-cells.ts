// The memory of the bins of a column store: equal cells, each a block of its own where that wastes little, else many to a block.

import type { Arena, Block, BlockHandle } from "@limmat/timely-core";
import type { Slabs } from "./slabs.ts";

const GRANULE = 256;
const CHUNK = 65_536;

/** Cells of one size. */
export class ColumnCells {
  /** Whether each cell is a block, which can change hands. */
  readonly areBlocks: boolean;
  readonly #arena: Arena;
  readonly #slabs: Slabs;
  readonly #bytes: number;
  /** Cells that were made and are not in use. */
  readonly #free: number[] = [];

  /** `bytes` is the size of a cell, a multiple of 8. */
  constructor(bytes: number, arena: Arena, slabs: Slabs) {
    this.#bytes = bytes;
    this.#arena = arena;
    this.#slabs = slabs;
    this.areBlocks = Math.ceil(bytes / GRANULE) * GRANULE <= bytes * 1.125;
  }

  /** Takes a cell of zeros; returns its address, and the generation of its block if it is one. Throws what the arena throws when it is full. */
  take(): { readonly address: number; readonly generation: number } {
    if (!this.areBlocks) return { address: this.#takeShared(), generation: 0 };
    const block = this.#arena.allocate(this.#bytes);
    const address = this.#slabs.address(block);
    this.#clear(address);
    return { address, generation: block.generation };
  }

  /** Gives a cell back. */
  release(address: number, generation: number): void {
    if (this.areBlocks) this.#arena.free(this.#arena.open(this.handle(address, generation)));
    else this.#free.push(address);
  }

  /** The handle of a cell that is a block. */
  handle(address: number, generation: number): BlockHandle {
    const { slab, offset } = { slab: this.#slabs.slabOf(address), offset: this.#slabs.offsetOf(address) };
    return { slab, offset, length: this.#bytes, generation };
  }

  /** Opens a block that another worker gave. */
  open(handle: BlockHandle): Block {
    return this.#arena.open(handle);
  }

  #takeShared(): number {
    if (this.#free.length === 0) {
      const cells = Math.max(1, Math.floor(CHUNK / this.#bytes));
      const first = this.#slabs.address(this.#arena.allocate(cells * this.#bytes));
      const units = this.#bytes >>> this.#slabs.unitShift;
      for (let cell = cells - 1; cell >= 0; cell--) this.#free.push(first + cell * units);
    }
    const address = this.#free.pop() as number;
    this.#clear(address);
    return address;
  }

  #clear(address: number): void {
    const word = this.#slabs.wordOf(address);
    this.#slabs.wordsOf(address).fill(0, word, word + this.#bytes / 4);
  }
}
