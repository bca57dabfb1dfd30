// Target maps that even out load with few moves. After the lower bound and the greedy of Aggarwal, Motwani and Zhu,
// "The load rebalancing problem" (SPAA 2003).

import type { BinMap } from "../configuration/index.ts";
import { PlanParameterError, UnknownWorkerError } from "../errors.ts";

/** What `rebalance`, `join` and `leave` may be told beside the workers. */
export interface RebalanceOptions {
  /** The load of each bin, in any unit: finite numbers from 0. One for each when left out. */
  readonly weights?: ArrayLike<number>;
  /** How far above the average load a worker may be, as a fraction of it; Infinity moves only what must move. 0 when left out. */
  readonly tolerance?: number;
}

/**
 * A map that leaves no worker of `workers` with more load than the limit, and bins on no other worker, for as few moves as there can be.
 *
 * The limit is the average load times 1 + `tolerance`, or a lower bound of what any map reaches where that is greater: the heaviest
 * bin, or by the pigeonhole principle the j + 1 lightest of the j w + 1 heaviest bins, for w workers and each j.
 *
 * A worker above the limit gives away the least number of bins that brings it below (its heaviest, the last of them as light as
 * will do), a worker outside `workers` gives away all; these go, heaviest first, to whoever has least, which may be where they came
 * from. So no map that keeps to the limit moves fewer bins. The limit is kept whenever they fit that way, as they always do when
 * weights are equal, and passed by less than the heaviest bin given away otherwise (finding out better is NP-hard). When
 * nobody must leave and the greatest load would not sink, the map stays as it is.
 *
 * O(bins log bins + moves log workers). Throws `UnknownWorkerError` (a worker twice, or no index), `PlanParameterError`.
 */
export function rebalance(map: BinMap, workers: readonly number[], options: RebalanceOptions = {}): BinMap {
  const weights = checkedWeights(map, options.weights);
  const tolerance = options.tolerance ?? 0;
  if (!(tolerance >= 0)) throw new PlanParameterError("tolerance", tolerance, "a number of at least 0");
  const place = placesOf(workers);
  const heaviestFirst = byWeight(weights);
  const limit = loadLimit(weights, heaviestFirst, workers.length, tolerance);

  const loads = new Float64Array(workers.length);
  const counts = new Uint32Array(workers.length);
  const owned: number[][] = workers.map(() => []);
  const homeless: number[] = [];
  for (const bin of heaviestFirst) {
    const at = place.get(map[bin] as number);
    if (at === undefined) {
      homeless.push(bin);
      continue;
    }
    owned[at]?.push(bin);
    loads[at] = (loads[at] as number) + (weights[bin] as number);
    counts[at] = (counts[at] as number) + 1;
  }
  const before = greatest(loads);
  const someLeave = homeless.length > 0;
  for (let at = 0; at < workers.length; at++) {
    for (const bin of givenAway(owned[at] as number[], weights, loads[at] as number, limit)) {
      homeless.push(bin);
      loads[at] = (loads[at] as number) - (weights[bin] as number);
      counts[at] = (counts[at] as number) - 1;
    }
  }

  const target = map.slice();
  homeless.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  const least = new LeastLoaded(loads, counts);
  for (const bin of homeless) target[bin] = workers[least.take(weights[bin] as number)] as number;
  return !someLeave && greatest(loads) >= before ? map.slice() : target;
}

/** The load of each worker of `workers` under `map`: the sum of its bins' weights, or their number. O(bins). */
export function loadsOf(map: BinMap, workers: readonly number[], weights?: ArrayLike<number>): Float64Array {
  const checked = checkedWeights(map, weights);
  const place = placesOf(workers);
  const loads = new Float64Array(workers.length);
  for (let bin = 0; bin < map.length; bin++) {
    const at = place.get(map[bin] as number);
    if (at !== undefined) loads[at] = (loads[at] as number) + (checked[bin] as number);
  }
  return loads;
}

function checkedWeights(map: BinMap, weights: ArrayLike<number> | undefined): Float64Array {
  if (weights === undefined) return new Float64Array(map.length).fill(1);
  if (weights.length !== map.length) {
    throw new PlanParameterError("number of weights", weights.length, `${map.length}, one for each bin`);
  }
  const checked = new Float64Array(map.length);
  for (let bin = 0; bin < checked.length; bin++) {
    const weight = weights[bin] as number;
    if (!Number.isFinite(weight) || weight < 0) {
      throw new PlanParameterError(`weight of bin ${bin}`, weight, "a finite number of at least 0");
    }
    checked[bin] = weight;
  }
  return checked;
}

/** The index in `workers` of each of them. */
function placesOf(workers: readonly number[]): Map<number, number> {
  const place = new Map<number, number>();
  if (workers.length === 0) throw new PlanParameterError("number of workers", 0, "at least 1");
  for (const worker of workers) {
    if (!Number.isInteger(worker) || worker < 0 || worker > 0xffffffff) {
      throw new UnknownWorkerError(worker, "a worker is an index from 0");
    }
    if (place.has(worker)) throw new PlanParameterError("worker", worker, "named once");
    place.set(worker, place.size);
  }
  return place;
}

function byWeight(weights: Float64Array): Uint32Array {
  return Uint32Array.from(weights.keys()).sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
}

function loadLimit(weights: Float64Array, heaviestFirst: Uint32Array, workers: number, tolerance: number): number {
  if (tolerance === Number.POSITIVE_INFINITY) return tolerance;
  const sums = new Float64Array(heaviestFirst.length + 1);
  for (let i = 0; i < heaviestFirst.length; i++) {
    sums[i + 1] = (sums[i] as number) + (weights[heaviestFirst[i] as number] as number);
  }
  const total = sums[heaviestFirst.length] as number;
  let limit = (total / workers) * (1 + tolerance);
  // Among any j * workers + 1 bins, some worker has j + 1.
  for (let j = 0; j * workers + 1 <= heaviestFirst.length; j++) {
    const end = j * workers + 1;
    limit = Math.max(limit, (sums[end] as number) - (sums[end - j - 1] as number));
  }
  // Sums in another order differ in their last bits, which must not cause a move.
  return limit * (1 + 1e-9);
}

/** Of the bins `owned`, heaviest first, the least number that brings `load` to at most `limit`. */
function givenAway(owned: readonly number[], weights: Float64Array, load: number, limit: number): number[] {
  let length = 0;
  let excess = load - limit;
  if (excess <= 0) return [];
  while (length < owned.length && excess > (weights[owned[length] as number] as number)) {
    excess -= weights[owned[length] as number] as number;
    length += 1;
  }
  // The last one: the lightest that is enough.
  let low = length;
  let high = owned.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((weights[owned[middle] as number] as number) >= excess) low = middle;
    else high = middle;
  }
  return [...owned.slice(0, length), ...owned.slice(low, low + 1)];
}

function greatest(loads: Float64Array): number {
  return loads.reduce((most, load) => Math.max(most, load), 0);
}

/** A heap of workers, the one with least load, then fewest bins, then the lowest index on top. */
class LeastLoaded {
  private readonly loads: Float64Array;
  private readonly counts: Uint32Array;
  private readonly heap: Uint32Array;

  constructor(loads: Float64Array, counts: Uint32Array) {
    this.loads = loads;
    this.counts = counts;
    this.heap = Uint32Array.from(loads.keys()).sort((a, b) => this.compare(a, b));
  }

  /** Gives the top worker one more bin, of this weight, and returns the worker. */
  take(weight: number): number {
    const { heap, loads, counts } = this;
    const top = heap[0] as number;
    loads[top] = (loads[top] as number) + weight;
    counts[top] = (counts[top] as number) + 1;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.compare(heap[child + 1] as number, heap[child] as number) < 0) child += 1;
      if (this.compare(top, heap[child] as number) <= 0) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = top;
    return top;
  }

  private compare(a: number, b: number): number {
    const { loads, counts } = this;
    return (loads[a] as number) - (loads[b] as number) || (counts[a] as number) - (counts[b] as number) || a - b;
  }
}
