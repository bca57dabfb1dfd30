// Hashes of numbers, the same bits for equal JavaScript numbers in whatever column or row they stand (engine rule 11).

import { mix32 } from "./mix.ts";

const TWO_32 = 4294967296;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
const HIGH = words[1] === 0 ? 0 : 1;

/**
 * The u32 hash of a safe integer: with its 64-bit two's complement split into `low` and `high` 32-bit words,
 * `mix32(low ^ mix32(high) ^ seed)`.
 *
 * So an integer in [0, 2^32) hashes to `mix32(x ^ seed)`: under one seed no two of them collide. -0 hashes as 0.
 * Vectors (seed 0): 0 is 0, 1 is 0x514e28b7, -1 is 0xce2d4699, 2^32 is 0x2fef5c8f, 2^53-1 is 0x9a5e7fa5;
 * (seed 1): 0 is 0x514e28b7.
 */
export function hashInteger(x: number, seed = 0): number {
  const low = x | 0;
  if (low >>> 0 === x) return mix32(low ^ seed);
  return mix32(low ^ mix32(Math.floor(x / TWO_32)) ^ seed);
}

/**
 * The u32 hash of any number: a safe integer as {@link hashInteger} (so 1 and 1.0, and 0 and -0, hash alike); any
 * other by the `low` and `high` words of its IEEE 754 bits, `mix32(low ^ mix32(high) ^ seed)`, every NaN as
 * 0x7ff80000_00000000.
 *
 * Vectors (seed 0): 1.5 is 0x5fcc3b1e, -Infinity is 0xa22168d1, NaN is 0x9c57394f.
 */
export function hashNumber(x: number, seed = 0): number {
  const low = x | 0;
  if (low >>> 0 === x) return mix32(low ^ seed);
  if (Number.isSafeInteger(x)) return mix32(low ^ mix32(Math.floor(x / TWO_32)) ^ seed);
  if (Number.isNaN(x)) return mix32(mix32(0x7ff80000) ^ seed);
  float[0] = x;
  return mix32((words[1 - HIGH] as number) ^ mix32(words[HIGH] as number) ^ seed);
}

/**
 * The u32 hash of a bigint: inside 64 bits of two's complement by its `low` and `high` words as {@link hashInteger}
 * (so `1n` hashes as 1), beyond as the UTF-8 string of its decimal digits would.
 */
export function hashBigInt(x: bigint, seed: number, hashDigits: (digits: string, seed: number) => number): number {
  if (BigInt.asIntN(64, x) !== x) return hashDigits(x.toString(), seed);
  return mix32(Number(x & 0xffffffffn) ^ mix32(Number((x >> 32n) & 0xffffffffn)) ^ seed);
}

/**
 * `out[i] = hashInteger(source[i], seed)` for i in [0, n). O(n), allocates nothing; `out` may be `source`.
 * Throws RangeError when either is shorter than `n`.
 */
export function hashU32Column(source: Uint32Array, out: Uint32Array, n: number, seed = 0): void {
  if (n > source.length || n > out.length) throw new RangeError(`${n} hashes asked of shorter columns`);
  for (let i = 0; i < n; i++) {
    let h = (source[i] as number) ^ seed;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    out[i] = h ^ (h >>> 16);
  }
}
