// The arena of a run: how its size is given, and its memory made.

import { Arena, type ArenaDescriptor } from "./arena.ts";

/** The memory that the workers of one process share, each allocating from slabs of its own. */
export interface ArenaConfig {
  /** Bytes of each slab, a multiple of 64 KiB up to 1 GiB. */
  readonly slabBytes: number;
  /**
   * How many slabs each worker has from the start. It writes to all their pages before anything else, all workers at once: from 0.4 to
   * 4 seconds a GiB, by machine.
   */
  readonly slabsPerWorker: number;
  /**
   * How many slabs each worker may use in all. Those beyond `slabsPerWorker` are addresses alone until the worker's own are full, and
   * then cost it the first touch of each page. Default: sixteen times `slabsPerWorker`.
   */
  readonly mostSlabsPerWorker?: number;
}

/** Makes the memory for so many workers, of the process with that number. */
export function createArena(config: ArenaConfig, workers: number, shared: boolean, process = 0): ArenaDescriptor {
  const { slabBytes, slabsPerWorker, mostSlabsPerWorker = 16 * slabsPerWorker } = config;
  const reserve = Math.max(0, mostSlabsPerWorker - slabsPerWorker) * workers;
  return Arena.create({ allocators: workers, slabBytes, slabs: slabsPerWorker * workers, reserve, shared, process });
}
