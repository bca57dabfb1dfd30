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
 * `out[i] = route(hashes[i], peers)` for i in [0, n). O(n), allocates nothing; `out` may be `hashes`.
 * Throws RangeError when either is shorter than `n`.
 */
export function routeColumn(hashes: Uint32Array, out: Uint32Array, n: number, peers: number): void {
  if (n > hashes.length || n > out.length) throw new RangeError(`${n} routes asked of shorter columns`);
  if ((peers & (peers - 1)) === 0) {
    const mask = peers - 1;
    for (let i = 0; i < n; i++) out[i] = (hashes[i] as number) & mask;
  } else {
    for (let i = 0; i < n; i++) out[i] = ((Math.imul(hashes[i] as number, 0x9e3779b1) >>> 16) * peers) >>> 16;
  }
}
