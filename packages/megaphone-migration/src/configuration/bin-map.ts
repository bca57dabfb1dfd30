// A map: the worker of each bin, as one typed array. Maps are where plans start and end.

import type { Bins } from "../bins/index.ts";
import { MapLengthError, UnknownWorkerError, WorkerCountError } from "../errors.ts";

/** The worker of each bin: `map[bin]` is a worker's index. */
export type BinMap = Uint32Array;

/**
 * The map that holds before any control record: bin i on worker i mod `workers`.
 *
 * Throws `WorkerCountError` unless `workers` is an integer of at least 1.
 */
export function initialMap(bins: Bins, workers: number): BinMap {
  if (!Number.isSafeInteger(workers) || workers < 1) throw new WorkerCountError(workers);
  const map = new Uint32Array(bins.count);
  for (let bin = 0; bin < map.length; bin++) map[bin] = bin % workers;
  return map;
}

/**
 * A checked copy of `map`, which may be any array of worker indices.
 *
 * Throws `MapLengthError` unless it has one entry for each bin, `UnknownWorkerError` unless every entry is below `workers`.
 */
export function checkedMap(map: ArrayLike<number>, bins: Bins, workers: number): BinMap {
  if (map.length !== bins.count) throw new MapLengthError(map.length, bins.count);
  const copy = new Uint32Array(bins.count);
  for (let bin = 0; bin < copy.length; bin++) {
    const worker = map[bin] as number;
    checkWorker(worker, workers);
    copy[bin] = worker;
  }
  return copy;
}

/** Throws `UnknownWorkerError` unless `worker` is an index below `workers`. */
export function checkWorker(worker: number, workers: number): void {
  if (!Number.isInteger(worker) || worker < 0 || worker >= workers) {
    throw new UnknownWorkerError(worker, `workers are 0 to ${workers - 1}`);
  }
}
