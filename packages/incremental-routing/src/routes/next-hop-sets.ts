// The next-hop sets of one node, interned: equal sets of port positions have one id, with a count of the destinations
// that use it. Set 0 is the empty set. Hashes are xors over members, so that adding or removing one is O(words).

/** The hash contribution of a port position. */
export function portHash(position: number): number {
  let hash = Math.imul(position + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** How many bits of a 32-bit integer are set. */
export function bitCount(mask: number): number {
  let n = mask - ((mask >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

const FREE = -1;

/** Columns of a set's record, before its words. */
const HASH = 0;
/** The next id of the same bucket, or of the list of free ids. */
const NEXT = 1;
/** How many destinations use the set, or FREE. */
const USES = 2;
const WORDS = 3;

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
  /** Ids are below this. */
  size = 1;
  /** As many buckets as there is room for sets, a power of two; then a record a set. One array, for few cache misses. */
  #data: Int32Array;
  #capacity = 8;
  #free = 0;
  #freeCount = 0;
  /** Ids made since the last collection, and ids whose last use has gone since. */
  readonly #made: number[] = [];
  readonly #idle: number[] = [];
  readonly #census: SetCensus;

  /**
   * @param degree how many port positions to have room for.
   * @param census shared by all nodes of a table.
   */
  constructor(degree: number, census: SetCensus) {
    this.stride = Math.max(1, (degree + 31) >>> 5);
    this.#data = new Int32Array(this.#capacity * (1 + WORDS + this.stride));
    this.#census = census;
  }

  /** How many sets there are, the empty one included. */
  get count(): number {
    return this.size - this.#freeCount;
  }

  /** How many destinations use a set, -1 when there is no such set. */
  uses(id: number): number {
    return this.#data[this.#record(id) + USES] as number;
  }

  /** Whether a position is in a set. */
  has(id: number, position: number): boolean {
    const word = this.#data[this.#record(id) + WORDS + (position >>> 5)] as number;
    return ((word >>> (position & 31)) & 1) === 1;
  }

  /** The id of the set whose words stand in `words` at `offset`; `hash` is the xor of its members' hashes. */
  intern(words: Int32Array, offset: number, hash: number): number {
    const { stride } = this;
    let any = 0;
    for (let i = 0; i < stride; i++) any |= words[offset + i] as number;
    if (any === 0) return 0;
    const data = this.#data;
    const capacity = this.#capacity;
    const width = WORDS + stride;
    let id = data[hash & (capacity - 1)] as number;
    while (id !== 0) {
      const record = capacity + id * width;
      if (data[record + HASH] === hash) {
        const at = record + WORDS;
        let i = 0;
        while (i < stride && data[at + i] === words[offset + i]) i++;
        if (i === stride) return id;
      }
      id = data[record + NEXT] as number;
    }
    return this.#add(words, offset, hash);
  }

  /** The set without one of its members, or with one more; itself when that changes nothing. `scratch` has `stride` words. */
  toggled(id: number, position: number, member: boolean, scratch: Int32Array): number {
    if (this.has(id, position) === member) return id;
    const record = this.#record(id);
    for (let i = 0; i < this.stride; i++) scratch[i] = this.#data[record + WORDS + i] as number;
    const word = position >>> 5;
    scratch[word] = (scratch[word] as number) ^ (1 << (position & 31));
    return this.intern(scratch, 0, (this.#data[record + HASH] as number) ^ portHash(position));
  }

  /** The set without all the members that stand in `removed` at `offset`. */
  without(id: number, removed: Int32Array, offset: number, scratch: Int32Array): number {
    const record = this.#record(id);
    let hash = this.#data[record + HASH] as number;
    let any = 0;
    for (let i = 0; i < this.stride; i++) {
      const word = this.#data[record + WORDS + i] as number;
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
    const at = this.#record(id) + USES;
    const uses = (this.#data[at] as number) + destinations;
    this.#data[at] = uses;
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
   * The link indexes of a set, ascending; a new array.
   *
   * @param links link indexes by port; this node's begin at `start`.
   */
  members(id: number, links: Int32Array, start: number): number[] {
    const record = this.#record(id) + WORDS;
    let count = 0;
    for (let i = 0; i < this.stride; i++) count += bitCount(this.#data[record + i] as number);
    // Of the right length at once: an array that grows keeps room for 17 entries, and a build makes hundreds of thousands.
    const members = new Array<number>(count);
    count = 0;
    let last = -1;
    let ascending = true;
    for (let i = 0; i < this.stride; i++) {
      for (let word = this.#data[record + i] as number; word !== 0; word &= word - 1) {
        const link = links[start + (i << 5) + 31 - Math.clz32(word & -word)] as number;
        if (link < last) ascending = false;
        last = link;
        members[count++] = link;
      }
    }
    return ascending ? members : members.sort((a, b) => a - b);
  }

  /** Makes room for more port positions. O(sets). */
  widen(degree: number): void {
    const stride = Math.max(1, (degree + 31) >>> 5);
    if (stride > this.stride) this.#reshape(this.#capacity, stride);
  }

  #record(id: number): number {
    return this.#capacity + id * (WORDS + this.stride);
  }

  #note(): void {
    if (this.#made.length === 0 && this.#idle.length === 0) this.#census.uncollected.push(this);
  }

  #add(words: Int32Array, offset: number, hash: number): number {
    let id = this.#free;
    if (id !== 0) {
      this.#free = this.#data[this.#record(id) + NEXT] as number;
      this.#freeCount--;
    } else {
      if (this.size === this.#capacity) this.#reshape(2 * this.#capacity, this.stride);
      id = this.size++;
      if (this.size > this.#census.bound) this.#census.bound = this.size;
    }
    const data = this.#data;
    const record = this.#record(id);
    const bucket = hash & (this.#capacity - 1);
    data[record + HASH] = hash;
    data[record + NEXT] = data[bucket] as number;
    data[record + USES] = 0;
    for (let i = 0; i < this.stride; i++) data[record + WORDS + i] = words[offset + i] as number;
    data[bucket] = id;
    this.#note();
    this.#made.push(id);
    return id;
  }

  #remove(id: number): void {
    const data = this.#data;
    const record = this.#record(id);
    if (data[record + USES] !== 0) return;
    let link = (data[record + HASH] as number) & (this.#capacity - 1);
    while (data[link] !== id) link = this.#record(data[link] as number) + NEXT;
    data[link] = data[record + NEXT] as number;
    data[record + USES] = FREE;
    data[record + NEXT] = this.#free;
    this.#free = id;
    this.#freeCount++;
  }

  /** Lays the records out anew, with more room or wider; ids stay. */
  #reshape(capacity: number, stride: number): void {
    const from = this.#data;
    const width = WORDS + this.stride;
    const to = new Int32Array(capacity * (1 + WORDS + stride));
    for (let id = 0; id < this.size; id++) {
      const source = this.#capacity + id * width;
      const target = capacity + id * (WORDS + stride);
      for (let i = 0; i < width; i++) to[target + i] = from[source + i] as number;
      if (id === 0 || to[target + USES] === FREE) continue;
      const bucket = (to[target + HASH] as number) & (capacity - 1);
      to[target + NEXT] = to[bucket] as number;
      to[bucket] = id;
    }
    this.#data = to;
    this.#capacity = capacity;
    this.stride = stride;
  }
}
