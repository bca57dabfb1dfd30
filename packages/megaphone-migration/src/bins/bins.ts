// Bins: the unit that migrates. A bin is the top bits of a key's hash (Megaphone, PVLDB 12(9), section 4), so that it is a
// contiguous range of a hash-ordered table (engine rule 25), and independent of the bits that `exchange` routes by (rule 11).

import { BinBitsError, UnknownBinError } from "../errors.ts";

/** The greatest number of bin bits. */
export const maximumBinBits = 20;

/**
 * How many bins the keys of one operator fall into: 2^bits, chosen at run time.
 *
 * Throws `BinBitsError` unless `bits` is an integer from 0 to 20.
 */
export class Bins {
  /** How many leading bits of the hash name the bin. */
  readonly bits: number;
  /** The number of bins, 2^bits; bins are 0 to count - 1. */
  readonly count: number;

  constructor(bits: number) {
    if (!Number.isInteger(bits) || bits < 0 || bits > maximumBinBits) throw new BinBitsError(bits);
    this.bits = bits;
    this.count = 2 ** bits;
  }

  /** Throws `UnknownBinError` unless `bin` is one of these bins. */
  check(bin: number): void {
    if (!Number.isInteger(bin) || bin < 0 || bin >= this.count) throw new UnknownBinError(bin, this.count);
  }
}

/**
 * The bin of a key: the top `bits` bits of its u32 hash. Signed hashes count as their u32 bit pattern.
 *
 * `bits` is not checked: pass `Bins.bits`.
 */
export function binOf(hash: number, bits: number): number {
  // Two shifts, because a shift by 32 shifts by nothing: with 0 bits everything must be bin 0.
  return (hash >>> 1) >>> (31 - bits);
}
