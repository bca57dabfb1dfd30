// What the cases of the suite have in common: which links they pick, and how a percentile is read.

/** The sample at a quantile of ascending samples, by the nearest rank. */
export function rank(sorted: readonly number[], quantile: number): number {
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? 0;
}

/** A generator of u32 from a seed other than 0, so that every run picks the same links. */
export function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
