// The bit mixer under every hash of the engine: the finaliser of MurmurHash3 (Austin Appleby, public domain), a
// bijection on 32 bits that maps 0 to 0 and in which every input bit flips every output bit with probability near 1/2.

/** The 32-bit finaliser of MurmurHash3, as an unsigned integer. Takes any number, of which it uses the low 32 bits. */
export function mix32(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
