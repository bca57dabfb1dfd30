// Seeded random integers (the SFC32 generator of Doty-Humphrey's PractRand), so that a seed means one network everywhere.

/** A stream of random integers that its seed determines. */
export class Random {
  #a: number;
  #b = 0x9e3779b9;
  #c = 0x243f6a88;
  #counter = 1;

  /** @param seed any safe integer. */
  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b ^= Math.floor(seed / 2 ** 32) | 0;
    // The state mixes within a dozen steps.
    for (let i = 0; i < 15; i++) this.#step();
  }

  /** An integer in 0..bound-1, each equally likely; `bound` is 1..2^32. */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let value = this.#step();
    while (value >= limit) value = this.#step();
    return value % bound;
  }

  #step(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }
}
