// Names for links that come without an id: `FROM--TO` as written, then `FROM--TO#2`, `FROM--TO#3`…

/** Gives links without an id names that no other link has. Ids that the source gives are reserved before the first name. */
export class LinkNames {
  readonly #taken: Set<string>;
  /** By plain name: the number to try next. */
  readonly #next = new Map<string, number>();

  constructor(reserved: Iterable<string> = []) {
    this.#taken = new Set(reserved);
  }

  /** The next free name for a link between two nodes; amortised O(1). */
  name(from: string, to: string): string {
    const plain = `${from}--${to}`;
    let number = this.#next.get(plain) ?? 1;
    let name = number === 1 ? plain : `${plain}#${number}`;
    while (this.#taken.has(name)) name = `${plain}#${++number}`;
    this.#next.set(plain, number + 1);
    this.#taken.add(name);
    return name;
  }
}
