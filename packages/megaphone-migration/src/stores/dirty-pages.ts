// Which parts of a range were written to: a bit a page, whatever is in it and wherever that moves meanwhile (engine rule 24). A reader of
// changes sends the pages that are marked, whole; what was removed is what a sent page has no more.

/** The pages of the range of positions from `from` to before `to`, about `pages` of them, none marked. */
export class DirtyPages {
  readonly #from: number;
  readonly #to: number;
  readonly #shift: number;
  readonly #bits: Uint32Array;

  constructor(from: number, to: number, pages: number) {
    const wanted = Math.max(1, (to - from) / Math.max(1, pages));
    this.#from = from;
    this.#to = to;
    this.#shift = Math.floor(Math.log2(wanted));
    this.#bits = new Uint32Array(Math.ceil((to - from) / 2 ** this.#shift / 32));
  }

  /** Marks the page of a position. */
  mark(position: number): void {
    const page = (position - this.#from) >>> this.#shift;
    this.#bits[page >>> 5] = (this.#bits[page >>> 5] as number) | (1 << (page & 31));
  }

  /** Marks the pages of the positions from `from` to before `to`. */
  markRange(from: number, to: number): void {
    for (let at = from; at < to; at += 2 ** this.#shift) this.mark(at);
    if (from < to) this.mark(to - 1);
  }

  /** The first position at or after this one in a marked page; the end of the range if there is none. */
  nextMarked(position: number): number {
    return this.#next(position, 0);
  }

  /** The first position at or after this one in a page that is not marked; the end of the range if there is none. */
  nextClean(position: number): number {
    return this.#next(position, -1);
  }

  /** Finds a bit that differs from those of `skipped`, which are all 0 or all 1. */
  #next(position: number, skipped: number): number {
    const bits = this.#bits;
    const start = (position - this.#from) >>> this.#shift;
    let word = start >>> 5;
    if (word >= bits.length) return this.#to;
    let differing = ((bits[word] as number) ^ skipped) & (-1 << (start & 31));
    while (differing === 0) {
      if (++word === bits.length) return this.#to;
      differing = (bits[word] as number) ^ skipped;
    }
    const page = word * 32 + 31 - Math.clz32(differing & -differing);
    return Math.min(this.#to, Math.max(position, this.#from + page * 2 ** this.#shift));
  }
}
