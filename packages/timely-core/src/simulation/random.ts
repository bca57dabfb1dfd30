// Random numbers from a seed, the same on every platform: what makes a simulated schedule replay exactly.

/** A generator of the sfc32 family, seeded by one integer. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = Math.floor(seed / 0x100000000) | 0;
    this.c = 0x9e3779b9;
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** 32 random bits, as an unsigned integer. */
  u32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number {
    return Math.floor((this.u32() / 0x100000000) * bound);
  }

  /** True `share` of the time. */
  chance(share: number): boolean {
    return this.u32() < share * 0x100000000;
  }

  /** One of the items. */
  pick<A>(items: readonly A[]): A {
    return items[this.below(items.length)] as A;
  }
}
