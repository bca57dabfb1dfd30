// The next-hop sets of one node, interned: equal sets of port positions have one id, with a count of the destinations
// that use it. Set 0 is the empty set. Hashes are sums (xor) over members, so that adding or removing one is O(words).

/** The hash contribution of a port position. */
export function portHash(position: number): number {
  let hash = Math.imul(position + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

const FREE = -1;

/** What the sets of all nodes of a table have in common. */
export interface SetCensus {
  /** The nodes' sets that have something to collect. */
  readonly uncollected: NextHopSets[];
  /** All ids at all nodes have ever been below this. */
  bound: number;
}

/** All next-hop sets of one node as bitsets over its port positions. */
export class NextHopSets {
  /** 32-bit words of a set. */
  stride: number;
  /** `stride` words a set, by id. */
  words: Int32Array;
  /** Ids are below this. */
  size = 1;
  /** By id: how many destinations use the set, -1 when the id is free. */
  uses: Int32Array;
  #hashes: Int32Array;
  /** By id: the next id of the same bucket, or of the list of free ids. */
  #next: Int32Array;
  #buckets: Int32Array;
  #free = 0;
  #freeCount = 0;
  /** Ids made since the last collection, and ids whose last use has gone since. */
  readonly #made: number[] = [];
  readonly #idle: number[] = [];
  readonly #members: (readonly number[] | undefined)[] = [];
  readonly #census: SetCensus;

  /**
   * @param degree how many port positions to have room for.
   * @param census shared by all nodes of a table.
   */
  constructor(degree: number, census: SetCensus) {
    this.stride = Math.max(1, (degree + 31) >>> 5);
    this.words = new Int32Array(8 * this.stride);
    this.uses = new Int32Array(8);
    this.#hashes = new Int32Array(8);
    this.#next = new Int32Array(8);
    this.#buckets = new Int32Array(8);
    this.#census = census;
  }

  /** How many sets there are, the empty one included. */
  get count(): number {
    return this.size - this.#freeCount;
  }

  /** Whether a position is in a set. */
  has(id: number, position: number): boolean {
    return (((this.words[id * this.stride + (position >>> 5)] as number) >>> (position & 31)) & 1) === 1;
  }

  /** The id of the set whose words stand in `words` at `offset`; `hash` is the xor of its members' hashes. */
  intern(words: Int32Array, offset: number, hash: number): number {
    const { stride } = this;
    let any = 0;
    for (let i = 0; i < stride; i++) any |= words[offset + i] as number;
    if (any === 0) return 0;
    const buckets = this.#buckets;
    let id = buckets[hash & (buckets.length - 1)] as number;
    for (; id !== 0; id = this.#next[id] as number) {
      if (this.#hashes[id] !== hash) continue;
      const at = id * stride;
      let i = 0;
      while (i < stride && this.words[at + i] === words[offset + i]) i++;
      if (i === stride) return id;
    }
    return this.#add(words, offset, hash);
  }

  /** The set without one of its members, or with one more; itself when that changes nothing. `scratch` has `stride` words. */
  toggled(id: number, position: number, member: boolean, scratch: Int32Array): number {
    if (this.has(id, position) === member) return id;
    const { stride, words } = this;
    for (let i = 0; i < stride; i++) scratch[i] = words[id * stride + i] as number;
    const word = position >>> 5;
    scratch[word] = (scratch[word] as number) ^ (1 << (position & 31));
    return this.intern(scratch, 0, (this.#hashes[id] as number) ^ portHash(position));
  }

  /** The set without all the members that stand in `removed` at `offset`. */
  without(id: number, removed: Int32Array, offset: number, scratch: Int32Array): number {
    const { stride, words } = this;
    let hash = this.#hashes[id] as number;
    let any = 0;
    for (let i = 0; i < stride; i++) {
      const word = words[id * stride + i] as number;
      let gone = word & (removed[offset + i] as number);
      any |= gone;
      scratch[i] = word ^ gone;
      for (; gone !== 0; gone &= gone - 1) hash ^= portHash((i << 5) + 31 - Math.clz32(gone & -gone));
    }
    return any === 0 ? id : this.intern(scratch, 0, hash);
  }

  /** Counts `destinations` more (or fewer) that use a set. */
  use(id: number, destinations: number): void {
    if (id === 0) return;
    const uses = (this.uses[id] as number) + destinations;
    this.uses[id] = uses;
    if (uses === 0) {
      this.#note();
      this.#idle.push(id);
    }
  }

  /** Frees every set that no destination uses. Only between epochs: ids may then be given again. */
  collect(): void {
    this.collectMade();
    for (const id of this.#idle) this.#remove(id);
    this.#idle.length = 0;
  }

  /** Frees the sets made since the last collection that no destination came to use. */
  collectMade(): void {
    for (const id of this.#made) this.#remove(id);
    this.#made.length = 0;
  }

  /**
   * The link indexes of a set, ascending; one array per set, so that callers may share but never write it.
   *
   * @param links link indexes by port; this node's begin at `start`.
   */
  members(id: number, links: Int32Array, start: number): readonly number[] {
    let members = this.#members[id];
    if (members === undefined) {
      const list: number[] = [];
      for (let i = 0; i < this.stride; i++) {
        for (let word = this.words[id * this.stride + i] as number; word !== 0; word &= word - 1) {
          list.push(links[start + (i << 5) + 31 - Math.clz32(word & -word)] as number);
        }
      }
      list.sort((a, b) => a - b);
      members = list;
      this.#members[id] = members;
    }
    return members;
  }

  /** Makes room for more port positions. O(sets). */
  widen(degree: number): void {
    const stride = Math.max(1, (degree + 31) >>> 5);
    if (stride <= this.stride) return;
    const words = new Int32Array(this.uses.length * stride);
    for (let id = 0; id < this.size; id++) {
      for (let i = 0; i < this.stride; i++) words[id * stride + i] = this.words[id * this.stride + i] as number;
    }
    this.words = words;
    this.stride = stride;
  }

  #note(): void {
    if (this.#made.length === 0 && this.#idle.length === 0) this.#census.uncollected.push(this);
  }

  #add(words: Int32Array, offset: number, hash: number): number {
    let id = this.#free;
    if (id !== 0) {
      this.#free = this.#next[id] as number;
      this.#freeCount--;
    } else {
      id = this.size++;
      if (id === this.uses.length) this.#grow();
      if (this.size > this.#census.bound) this.#census.bound = this.size;
    }
    const { stride } = this;
    for (let i = 0; i < stride; i++) this.words[id * stride + i] = words[offset + i] as number;
    this.#hashes[id] = hash;
    this.uses[id] = 0;
    const bucket = hash & (this.#buckets.length - 1);
    this.#next[id] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = id;
    this.#note();
    this.#made.push(id);
    return id;
  }

  #remove(id: number): void {
    if (this.uses[id] !== 0) return;
    const bucket = (this.#hashes[id] as number) & (this.#buckets.length - 1);
    let before = this.#buckets[bucket] as number;
    if (before === id) this.#buckets[bucket] = this.#next[id] as number;
    else {
      while (this.#next[before] !== id) before = this.#next[before] as number;
      this.#next[before] = this.#next[id] as number;
    }
    this.uses[id] = FREE;
    this.#members[id] = undefined;
    this.#next[id] = this.#free;
    this.#free = id;
    this.#freeCount++;
  }

  #grow(): void {
    const capacity = 2 * this.uses.length;
    this.words = extended(this.words, capacity * this.stride);
    this.uses = extended(this.uses, capacity);
    this.#hashes = extended(this.#hashes, capacity);
    this.#next = extended(this.#next, capacity);
    this.#buckets = new Int32Array(capacity);
    // The id that made us grow is not in a bucket yet, and no id is free.
    for (let id = 1; id < this.size - 1; id++) {
      const bucket = (this.#hashes[id] as number) & (capacity - 1);
      this.#next[id] = this.#buckets[bucket] as number;
      this.#buckets[bucket] = id;
    }
  }
}

function extended(from: Int32Array, length: number): Int32Array {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
