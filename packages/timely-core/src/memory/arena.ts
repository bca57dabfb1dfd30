// The shared memory of one process (engine rule 16): fixed-length slabs posted to every thread at the start, and blocks
// in them that pass between workers as four words. Each slab has one allocator; frees by others return to it.

import { Block } from "./block.ts";
import { ArenaError, OutOfMemoryError, StaleBlockError } from "./errors.ts";
import { FreeRuns } from "./free-runs.ts";
import type { BlockHandle } from "./handle.ts";
import { giveBack, hasReturned, takeReturned } from "./returned-blocks.ts";
import {
  checkSlabBytes,
  createSlab,
  GRANULE,
  granulesOf,
  type OpenSlab,
  reservedGranules,
  type Slab,
  touch,
} from "./slab.ts";

/** Slabs of one process: those of process `p` are numbered from `p` times this. */
const PROCESS_SLABS = 2 ** 20;
/** The most bytes of one allocator: granules are numbered by 32 bits. */
const MOST_ALLOCATOR_BYTES = 2 ** 31 * GRANULE;

/** Everything a thread needs to open the arena; plain data, so it can be posted. */
export interface ArenaDescriptor {
  /** The number of allocators; of the slabs from the first on each belongs to the next allocator, in turn. */
  readonly allocators: number;
  /** Bytes of each slab. */
  readonly slabBytes: number;
  /** The number of the process. */
  readonly process: number;
  /** All slabs. */
  readonly slabs: readonly Slab[];
  /** How many of them, from the first, are in use from the start; the others are a reserve. */
  readonly ready: number;
}

/** How large an arena is. */
export interface ArenaOptions {
  /** Threads that allocate, one allocator each. */
  readonly allocators: number;
  /** Bytes of each slab, a multiple of 64 KiB up to 1 GiB; no block is larger than a slab less its 1/64 of bookkeeping. */
  readonly slabBytes: number;
  /** The number of slabs in use from the start, dealt to the allocators in turn. */
  readonly slabs: number;
  /** The number of slabs kept for allocators whose own are full, dealt likewise; they take no memory before (default 0). */
  readonly reserve?: number;
  /** Whether several threads will open the arena (default true); false works without SharedArrayBuffer. */
  readonly shared?: boolean;
  /** The number of the process (default 0): a handle that strays to another one is known by it. */
  readonly process?: number;
}

/** What a thread may do with the arena. */
export interface OpenOptions {
  /** Which allocator this thread is; one that only uses and frees blocks leaves it out. */
  readonly allocator?: number;
  /** Whether to write to every page of its slabs now, so that no later step pays for the first touch (default false). */
  readonly touch?: boolean;
  /** Lets the only allocator of an arena that no other thread opens make further slabs when all are full (default false). */
  readonly grows?: boolean;
}

/** One thread's view of the arena of its process. */
export class Arena {
  /** The number of allocators. */
  readonly allocators: number;
  /** Which of them this thread is, or undefined. */
  readonly allocator: number | undefined;
  readonly #grows: boolean;
  readonly #slabBytes: number;
  readonly #slabGranules: number;
  readonly #firstId: number;
  /** All slabs, the first one of the process first. */
  readonly #slabs: OpenSlab[] = [];
  /** Those of this allocator, and how many of them it uses; the others are its reserve. */
  readonly #own: OpenSlab[] = [];
  #used = 0;
  readonly #runs = new FreeRuns();
  readonly #release = (granule: number, count: number): void => this.#runs.release(granule, count);

  /**
   * Makes the memory of an arena.
   * @throws ArenaError when a slab's size is not as `ArenaOptions` says, there are fewer slabs than allocators, or the machine has not
   * so much.
   */
  static create(options: ArenaOptions): ArenaDescriptor {
    const { allocators, slabBytes, slabs, reserve = 0, shared = true, process = 0 } = options;
    checkSlabBytes(slabBytes);
    if (allocators < 1 || slabs < allocators) {
      throw new ArenaError(`${slabs} slabs do not give each of ${allocators} allocators one.`);
    }
    const all = slabs + reserve;
    if (all > PROCESS_SLABS || Math.ceil(all / allocators) * slabBytes > MOST_ALLOCATOR_BYTES) {
      throw new ArenaError(
        `${all} slabs of ${slabBytes} bytes are more than an arena can number: ${PROCESS_SLABS} slabs, and ` +
          `${MOST_ALLOCATOR_BYTES} bytes an allocator.`,
      );
    }
    return {
      allocators,
      slabBytes,
      process,
      ready: slabs,
      slabs: Array.from({ length: all }, (_, i) => ({
        id: process * PROCESS_SLABS + i,
        buffer: createSlab(slabBytes, shared),
      })),
    };
  }

  /** Opens the arena in a thread; each allocator is to be opened once, before anything was allocated by it. */
  constructor(descriptor: ArenaDescriptor, options: OpenOptions = {}) {
    const { allocator, touch: touches = false, grows = false } = options;
    const { allocators, slabBytes, process, slabs, ready } = descriptor;
    if (allocator !== undefined && !(allocator >= 0 && allocator < allocators)) {
      throw new ArenaError(`There is no allocator ${allocator} of an arena that has ${allocators}.`);
    }
    if (grows && allocators > 1) {
      throw new ArenaError(
        "Slabs made by one of several allocators can't be opened by the others: give the arena a reserve.",
      );
    }
    this.allocators = allocators;
    this.allocator = allocator;
    this.#grows = grows;
    this.#slabBytes = slabBytes;
    this.#slabGranules = slabBytes / GRANULE;
    this.#firstId = process * PROCESS_SLABS;
    for (const slab of slabs) this.#add(slab);
    if (allocator === undefined) return;
    while (this.#used * allocators + allocator < ready) {
      if (touches) touch(this.#own[this.#used] as OpenSlab);
      this.#use();
    }
  }

  /** The bytes that this allocator could still hand out without its reserve, in blocks of fitting sizes. */
  get freeBytes(): number {
    this.#takeReturned();
    return this.#runs.free * GRANULE;
  }

  /** The largest block that this allocator could hand out now without its reserve, in bytes. */
  get largestFreeBytes(): number {
    this.#takeReturned();
    return this.#runs.longest * GRANULE;
  }

  /**
   * Takes a block of `bytes` bytes; its contents are unspecified. O(1) unless memory is nearly used up.
   * @throws OutOfMemoryError when this allocator has no run long enough and no reserve, or no slab could hold it.
   * @throws ArenaError in a thread that is no allocator.
   */
  allocate(bytes: number): Block {
    const { allocator } = this;
    if (allocator === undefined) throw new ArenaError("This thread is no allocator of the arena: open it as one.");
    this.#takeReturned();
    const count = granulesOf(bytes);
    let granule = this.#runs.take(count);
    if (granule < 0 && bytes <= this.#largest && this.#grow()) granule = this.#runs.take(count);
    if (granule < 0) {
      throw new OutOfMemoryError(allocator, bytes, this.freeBytes, this.largestFreeBytes, this.#largest);
    }
    const slab = this.#own[Math.floor(granule / this.#slabGranules)] as OpenSlab;
    const local = granule - slab.firstGranule;
    const generation = ((slab.words[local] as number) + 1) >>> 0;
    slab.words[local] = generation;
    return new Block(slab, local * GRANULE, bytes, generation);
  }

  /**
   * Opens a block that another thread sent.
   * @throws StaleBlockError when it was freed meanwhile.
   * @throws ArenaError when its slab is none of this arena.
   */
  open(handle: BlockHandle): Block {
    const block = new Block(this.#slab(handle), handle.offset, handle.length, handle.generation);
    block.check();
    return block;
  }

  /**
   * Frees a block, whoever allocated it; only its present owner may. All handles to it are stale from then on. The memory of another
   * thread's block goes back there at once, and is reused when that thread allocates.
   * @throws StaleBlockError when it was freed before.
   * @throws ArenaError when it is none of this arena.
   */
  free(block: Block): void {
    const slab = this.#slab(block);
    const granule = block.offset / GRANULE;
    const { generation } = block;
    // By the owner at once, not by the allocator later: whoever holds the block still is caught from now on. Of two that both take
    // themselves for the owner one is caught.
    const found = Atomics.compareExchange(slab.words, granule, generation, (generation + 1) >>> 0);
    if (found !== generation) throw new StaleBlockError(block.slab, block.offset, generation, found);
    const count = granulesOf(block.length);
    if (slab.isOwn) this.#runs.release(slab.firstGranule + granule, count);
    else giveBack(this.#slabs[(block.slab - this.#firstId) % this.allocators] as OpenSlab, slab, granule, count);
  }

  /** The largest block that a slab can hold, in bytes. */
  get #largest(): number {
    return this.#slabBytes - reservedGranules(this.#slabBytes) * GRANULE;
  }

  #takeReturned(): void {
    if (this.#own.length > 0 && hasReturned(this.#own)) takeReturned(this.#own, this.#slabGranules, this.#release);
  }

  #slab(handle: BlockHandle): OpenSlab {
    const slab = this.#slabs[handle.slab - this.#firstId];
    if (slab !== undefined) return slab;
    const process = Math.floor(handle.slab / PROCESS_SLABS);
    const own = this.#firstId / PROCESS_SLABS;
    throw new ArenaError(
      process === own
        ? `There is no slab ${handle.slab} in this arena: was the handle written by another one?`
        : `Slab ${handle.slab} is of process ${process}, and can't be opened in process ${own}: send handles to workers that share ` +
            "the arena, info.sharesArena(worker), and copies to others.",
    );
  }

  #add(slab: Slab): void {
    const place = this.#slabs.length;
    const isOwn = place % this.allocators === this.allocator;
    const firstGranule = Math.floor(place / this.allocators) * this.#slabGranules;
    const opened = { ...slab, words: new Uint32Array(slab.buffer), firstGranule, isOwn };
    this.#slabs.push(opened);
    if (isOwn) this.#own.push(opened);
  }

  /** Begins to allocate from the next slab of its own. */
  #use(): void {
    const first = this.#runs.add(this.#slabGranules);
    // The bookkeeping lies in the slab's first granules, which stay in use; so runs of two slabs never merge.
    const reserved = reservedGranules(this.#slabBytes);
    this.#runs.release(first + reserved, this.#slabGranules - reserved);
    this.#used += 1;
  }

  /** Takes a slab from the reserve, or makes one; returns whether there was any. */
  #grow(): boolean {
    if (this.#used === this.#own.length) {
      if (!this.#grows) return false;
      const { buffer } = this.#own[0] as OpenSlab;
      const isShared = typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
      this.#add({ id: this.#firstId + this.#slabs.length, buffer: createSlab(this.#slabBytes, isShared) });
    }
    this.#use();
    return true;
  }
}
