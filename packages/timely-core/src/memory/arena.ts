// The shared memory of one process (engine rule 16): fixed-length slabs posted to every thread at the start, and blocks
// in them that pass between workers as four words. Each slab has one allocator; frees by others return to it.

import { ArenaError, OutOfMemoryError, StaleBlockError } from "./errors.ts";
import { FreeRuns } from "./free-runs.ts";

/** The unit of allocation and the alignment of every block, in bytes. */
const GRANULE = 256;
const MAX_SLAB = 2 ** 30;

/** What names a block to any thread of the process: plain numbers, each a u32. */
export interface BlockHandle {
  /** The number of its slab. */
  readonly slab: number;
  /** Where the block starts in its slab, in bytes. */
  readonly offset: number;
  /** The bytes asked for. */
  readonly length: number;
  /** Odd; the memory at `offset` carries the same number while the block lives. */
  readonly generation: number;
}

/** The number of u32 words of a handle. */
export const HANDLE_WORDS = 4;

/** Writes a handle into words from `at` on, to be sent to another thread. */
export function writeHandle(handle: BlockHandle, words: Uint32Array, at: number): void {
  words[at] = handle.slab;
  words[at + 1] = handle.offset;
  words[at + 2] = handle.length;
  words[at + 3] = handle.generation;
}

/** Reads a handle that `writeHandle` wrote. */
export function readHandle(words: Uint32Array, at: number): BlockHandle {
  return {
    slab: words[at] as number,
    offset: words[at + 1] as number,
    length: words[at + 2] as number,
    generation: words[at + 3] as number,
  };
}

/** A slab as it is posted: its number, which tells its allocator, and its memory. */
export interface Slab {
  /** Its number, from 0. */
  readonly id: number;
  /** Its memory, its allocator's bookkeeping first. */
  readonly buffer: ArrayBufferLike;
}

/** Everything a thread needs to open the arena; plain data, so it can be posted. */
export interface ArenaDescriptor {
  /** The number of allocators; slab `id` belongs to allocator `id % allocators`. */
  readonly allocators: number;
  /** Bytes of each slab. */
  readonly slabBytes: number;
  /** The slabs that are there from the start. */
  readonly slabs: readonly Slab[];
}

/** How large an arena is at its start. */
export interface ArenaOptions {
  /** Threads that allocate, one allocator each. */
  readonly allocators: number;
  /** Bytes of each slab, a multiple of 64 KiB up to 1 GiB; no block is larger than a slab less its 1/64 of bookkeeping. */
  readonly slabBytes: number;
  /** The number of slabs, dealt to the allocators in turn. */
  readonly slabs: number;
  /** Whether several threads will open the arena (default true); false works without SharedArrayBuffer. */
  readonly shared?: boolean;
  /** Whether to write to every page now (default false), so that no later step pays for the first touch. */
  readonly touch?: boolean;
}

/** What a thread may do with the arena. */
export interface OpenOptions {
  /** Which allocator this thread is; one that only uses and frees blocks leaves it out. */
  readonly allocator?: number;
  /** Carries a freed block to the thread of another allocator, which calls `reclaim` with it. */
  readonly returnTo?: (allocator: number, handle: BlockHandle) => void;
  /** Lets the allocator make another slab when its own are full; called with it, to post it to every other thread. */
  readonly onSlab?: (slab: Slab) => void;
}

/** A slab as a thread sees it. */
interface OpenSlab extends Slab {
  /** The generation of the block that starts at each granule: odd while it lives, even when it is freed. */
  readonly generations: Uint32Array;
  /** The number of its first granule among the free runs of its allocator; -1 in other threads. */
  readonly firstGranule: number;
}

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
    const current = this.#memory.generations[this.offset / GRANULE] as number;
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

/** One thread's view of the arena of its process. */
export class Arena {
  readonly #allocators: number;
  readonly #slabBytes: number;
  readonly #options: OpenOptions;
  readonly #slabs = new Map<number, OpenSlab>();
  /** This allocator's slabs in the order of their granules. */
  readonly #own: OpenSlab[] = [];
  readonly #runs = new FreeRuns();

  /**
   * Makes the memory of an arena.
   * @throws ArenaError when a slab's size is not as `ArenaOptions` says, or there are fewer slabs than allocators.
   */
  static create(options: ArenaOptions): ArenaDescriptor {
    const { allocators, slabBytes, slabs, shared = true, touch = false } = options;
    if (!Number.isInteger(slabBytes / 2 ** 16) || slabBytes <= 0 || slabBytes > MAX_SLAB) {
      throw new ArenaError(`A slab holds a multiple of 65536 bytes up to ${MAX_SLAB}, not ${slabBytes}.`);
    }
    if (allocators < 1 || slabs < allocators) {
      throw new ArenaError(`${slabs} slabs do not give each of ${allocators} allocators one.`);
    }
    return {
      allocators,
      slabBytes,
      slabs: Array.from({ length: slabs }, (_, id) => ({ id, buffer: createSlab(slabBytes, shared, touch) })),
    };
  }

  /** Opens the arena in a thread; each allocator is to be opened once, before anything was allocated by it. */
  constructor(descriptor: ArenaDescriptor, options: OpenOptions = {}) {
    this.#allocators = descriptor.allocators;
    this.#slabBytes = descriptor.slabBytes;
    this.#options = options;
    for (const slab of descriptor.slabs) this.addSlab(slab);
  }

  /** The bytes that this allocator could still hand out, in blocks of fitting sizes. */
  get freeBytes(): number {
    return this.#runs.free * GRANULE;
  }

  /** The largest block that this allocator could hand out now without growing, in bytes. */
  get largestFreeBytes(): number {
    return this.#runs.longest * GRANULE;
  }

  /** Takes in a slab that another allocator made after the start; blocks in it can be opened from then on. */
  addSlab(slab: Slab): void {
    const granules = this.#slabBytes / GRANULE;
    const isOwn = slab.id % this.#allocators === this.#options.allocator;
    const generations = new Uint32Array(slab.buffer, 0, granules);
    const opened = { ...slab, generations, firstGranule: isOwn ? this.#runs.add(granules) : -1 };
    this.#slabs.set(slab.id, opened);
    if (!isOwn) return;
    this.#own.push(opened);
    // The generations lie in the slab's first granules, which stay in use; so runs of two slabs never merge.
    const reserved = generations.byteLength / GRANULE;
    this.#runs.release(opened.firstGranule + reserved, granules - reserved);
  }

  /**
   * Takes a block of `bytes` bytes; its contents are unspecified. O(1) unless memory is nearly used up.
   * @throws OutOfMemoryError when this allocator has no run long enough and may not grow, or no slab could hold it.
   * @throws ArenaError in a thread that is no allocator.
   */
  allocate(bytes: number): Block {
    const { allocator, onSlab } = this.#options;
    if (allocator === undefined) throw new ArenaError("This thread is no allocator of the arena: open it as one.");
    const count = granulesOf(bytes);
    let granule = this.#runs.take(count);
    if (granule < 0 && onSlab !== undefined && bytes <= this.#slabBytes - this.#slabBytes / 64) {
      this.#grow(allocator, onSlab);
      granule = this.#runs.take(count);
    }
    if (granule < 0) throw new OutOfMemoryError(allocator, bytes, this.freeBytes, this.largestFreeBytes);
    const slab = this.#own[Math.floor(granule / (this.#slabBytes / GRANULE))] as OpenSlab;
    const local = granule - slab.firstGranule;
    const generation = ((slab.generations[local] as number) + 1) >>> 0;
    slab.generations[local] = generation;
    return new Block(slab, local * GRANULE, bytes, generation);
  }

  /**
   * Opens a block that another thread sent.
   * @throws StaleBlockError when it was freed meanwhile.
   * @throws ArenaError when its slab is not known here.
   */
  open(handle: BlockHandle): Block {
    const block = new Block(this.#slab(handle), handle.offset, handle.length, handle.generation);
    block.check();
    return block;
  }

  /**
   * Frees a block, whoever allocated it; only its present owner may. All handles to it are stale from then on.
   * @throws StaleBlockError when it was freed before.
   * @throws ArenaError when it belongs to another allocator and the arena was opened without `returnTo`.
   */
  free(block: Block): void {
    block.check();
    const slab = this.#slab(block);
    const owner = slab.id % this.#allocators;
    const returnTo = this.#options.returnTo;
    if (slab.firstGranule < 0 && returnTo === undefined) {
      throw new ArenaError(`A block of allocator ${owner} was freed in a thread that has no way to return it.`);
    }
    // By the owner at once, not by the allocator later: whoever holds the block still is caught from now on.
    slab.generations[block.offset / GRANULE] = (block.generation + 1) >>> 0;
    if (slab.firstGranule >= 0) this.#release(slab, block);
    else returnTo?.(owner, block);
  }

  /**
   * Takes back a block of this allocator that another thread freed and returned.
   * @throws ArenaError when the block is not this allocator's, or was not freed just before.
   */
  reclaim(handle: BlockHandle): void {
    const slab = this.#slab(handle);
    const isFreed = slab.generations[handle.offset / GRANULE] === (handle.generation + 1) >>> 0;
    if (slab.firstGranule < 0 || !isFreed) {
      throw new ArenaError(`The block at ${handle.offset} of slab ${handle.slab} was returned though it is not free.`);
    }
    this.#release(slab, handle);
  }

  #release(slab: OpenSlab, handle: BlockHandle): void {
    this.#runs.release(slab.firstGranule + handle.offset / GRANULE, granulesOf(handle.length));
  }

  #slab(handle: BlockHandle): OpenSlab {
    const slab = this.#slabs.get(handle.slab);
    if (slab === undefined)
      throw new ArenaError(`Slab ${handle.slab} is not known in this thread: post it here first.`);
    return slab;
  }

  #grow(allocator: number, onSlab: (slab: Slab) => void): void {
    const id = allocator + this.#allocators * this.#own.length;
    const isShared = isSharedBuffer((this.#own[0] as OpenSlab).buffer);
    const slab = { id, buffer: createSlab(this.#slabBytes, isShared, false) };
    this.addSlab(slab);
    onSlab(slab);
  }
}

function granulesOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / GRANULE));
}

function isSharedBuffer(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}

function createSlab(bytes: number, shared: boolean, touch: boolean): ArrayBufferLike {
  const isShared = shared && typeof SharedArrayBuffer !== "undefined";
  const buffer = isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  if (touch) new Uint32Array(buffer).fill(0);
  return buffer;
}
