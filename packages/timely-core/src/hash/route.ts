// From a hash to a worker: the part of the hash's bits that exchange uses. Bins use the top bits, so what decides here
// is the low ones: neither says anything about the other.

/**
 * The worker in [0, peers) that a record of this u32 hash goes to: `hash & (peers - 1)` when `peers` is a power of two,
 * else `(imul(hash, 0x9e3779b1) >>> 16) * peers >>> 16`, uneven by at most peers / 65536. Up to 65,536 peers.
 */
export function route(hash: number, peers: number): number {
  if ((peers & (peers - 1)) === 0) return hash & (peers - 1);
  return ((Math.imul(hash, 0x9e3779b1) >>> 16) * peers) >>> 16;
}

/**
 * `out[i] = route(hashes[i], peers)` for i in [0, n), and `counts[p]` how many of them go to worker `p`. O(n), allocates nothing; `out`
 * may be `hashes`. Throws RangeError when a column is shorter than `n`, or `counts` than `peers`.
 */
export function routeColumn(
  hashes: Uint32Array,
  out: Uint32Array,
  n: number,
  peers: number,
  counts: Uint32Array,
): void {
  if (n > hashes.length || n > out.length || peers > counts.length) {
    throw new RangeError(`${n} routes to ${peers} workers asked of shorter columns`);
  }
  if (peers === 2) routePair(hashes, out, n, counts);
  else if ((peers & (peers - 1)) === 0) routeMasked(hashes, out, n, peers, counts);
  else routeScaled(hashes, out, n, peers, counts);
}

/**
 * Counts how many of the first `n` targets name each worker, into `counts`. Throws RangeError on one that is no worker.
 */
export function countTargets(targets: Uint32Array, n: number, peers: number, counts: Uint32Array): void {
  counts.fill(0);
  for (let i = 0; i < n; i++) {
    const target = targets[i] as number;
    if (target >= peers) {
      throw new RangeError(`record ${i} is routed to worker ${target}: workers are 0 to ${peers - 1}`);
    }
    counts[target] = (counts[target] as number) + 1;
  }
}

/** Two workers: their counts are a sum. */
function routePair(hashes: Uint32Array, out: Uint32Array, n: number, counts: Uint32Array): void {
  let seconds = 0;
  for (let i = 0; i < n; i++) {
    const worker = (hashes[i] as number) & 1;
    out[i] = worker;
    seconds = (seconds + worker) | 0;
  }
  counts[0] = n - seconds;
  counts[1] = seconds;
}

function routeMasked(hashes: Uint32Array, out: Uint32Array, n: number, peers: number, counts: Uint32Array): void {
  const mask = peers - 1;
  counts.fill(0);
  for (let i = 0; i < n; i++) {
    const worker = (hashes[i] as number) & mask;
    out[i] = worker;
    counts[worker] = (counts[worker] as number) + 1;
  }
}

function routeScaled(hashes: Uint32Array, out: Uint32Array, n: number, peers: number, counts: Uint32Array): void {
  counts.fill(0);
  for (let i = 0; i < n; i++) {
    const worker = ((Math.imul(hashes[i] as number, 0x9e3779b1) >>> 16) * peers) >>> 16;
    out[i] = worker;
    counts[worker] = (counts[worker] as number) + 1;
  }
}
