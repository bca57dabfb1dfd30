// MurmurHash3_x86_32 as plainly as it can be written, on bigints: the oracle of the hashes.

const MASK = 0xffffffffn;
const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & MASK;
const scramble = (k: bigint): bigint => (rotate((k * 0xcc9e2d51n) & MASK, 15n) * 0x1b873593n) & MASK;

/** The reference hash of all of `bytes`. */
export function murmur3(bytes: Uint8Array, seed: number): number {
  const word = (from: number, to: number): bigint => {
    let k = 0n;
    for (let i = to - 1; i >= from; i--) k = (k << 8n) | BigInt(bytes[i] as number);
    return k;
  };
  const whole = bytes.length - (bytes.length % 4);
  let h = BigInt(seed);
  for (let i = 0; i < whole; i += 4) h = (rotate(h ^ scramble(word(i, i + 4)), 13n) * 5n + 0xe6546b64n) & MASK;
  h ^= scramble(word(whole, bytes.length));
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & MASK;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & MASK;
  return Number(h ^ (h >> 16n));
}
