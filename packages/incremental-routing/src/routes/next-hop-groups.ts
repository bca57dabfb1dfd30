// Stage 2 of the routing engine (routing rule 7): the next-hop groups of one switch, numbered the same however destinations
// are spread over workers, and what an epoch changed in them.

/** So many destinations of the switch moved from one set of next-hop links to another; a `SetMove` without its node. */
export interface GroupMove {
  /** Link indexes, ascending; empty where there was no next hop. */
  readonly from: readonly number[];
  /** Link indexes, ascending; empty where there is no next hop now. */
  readonly to: readonly number[];
  /** How many, at least 1. */
  readonly destinations: number;
}

/** One next-hop group of a switch. */
export interface NextHopGroup {
  /** 1 or more. */
  readonly number: number;
  /** Link indexes, ascending. */
  readonly links: readonly number[];
  /** How many destinations use it, at least 1. */
  readonly destinations: number;
}

/** What an epoch changed in the groups of a switch; each list by ascending number, no number in two lists. */
export interface GroupDelta {
  /** Groups with numbers that were free. */
  readonly added: readonly NextHopGroup[];
  /** Groups with other links than before: the switch changes one group in place for all its destinations. */
  readonly changed: readonly NextHopGroup[];
  /** Groups with the same links and another count of destinations. */
  readonly resized: readonly NextHopGroup[];
  /** Numbers of groups that no destination uses any more. */
  readonly removed: readonly number[];
}

/** A set of links with its group; a set that has no destinations before or after an epoch is not kept. */
interface Group {
  readonly links: readonly number[];
  readonly hash: number;
  /** 0 until it is numbered. */
  number: number;
  destinations: number;
  /** Destinations at the end of the epoch before, while `touched`. */
  before: number;
  touched: boolean;
}

/** Destinations that went from a group that ends to a set that has no group yet. */
interface Succession {
  readonly from: Group;
  readonly to: Group;
  /** Place of `to` among the new sets. */
  readonly order: number;
  destinations: number;
}

/**
 * The next-hop groups of one switch.
 *
 * Numbers follow populations. At the end of an epoch, with all its moves summed:
 * 1. a set of links that has destinations before and after keeps its group;
 * 2. a group whose set has none any more ends, or passes to a new set that some of its destinations moved to, which is then
 *    `changed`: of all such pairs those with most destinations first, among equals the smaller number, then the lesser set;
 * 3. the remaining new sets, in ascending order, take the smallest numbers that were free before the epoch.
 * Sets are ordered by their ascending link indexes, compared one by one, a set before its extensions. So a failed member
 * leaves its group in place, and groups that become equal are merged. None of this depends on which worker tells what.
 */
export class NextHopGroups {
  readonly #groups = new Map<number, Group[]>();
  #count = 0;
  /** Numbers below `#bound` that are free, descending. */
  readonly #free: number[] = [];
  #bound = 1;

  /** How many groups there are. */
  get size(): number {
    return this.#count;
  }

  /** All groups by ascending number; a new array. */
  list(): NextHopGroup[] {
    return [...this.#groups.values()].flat().map(published).sort(byNumber);
  }

  /**
   * Applies the moves of one epoch from all workers, in any order and division, and gives what they changed; undefined when
   * that is nothing. O(moves × links), and sorting of the sets that come.
   *
   * @throws RangeError when more destinations leave a set than use it; the groups are then of no more use.
   */
  apply(moves: Iterable<GroupMove>): GroupDelta | undefined {
    const touched: Group[] = [];
    const flows: { from: Group; to: Group; destinations: number }[] = [];
    for (const move of moves) {
      const from = this.#touch(move.from, touched);
      const to = this.#touch(move.to, touched);
      if (from !== undefined) from.destinations -= move.destinations;
      if (to !== undefined) to.destinations += move.destinations;
      if (from !== undefined && to !== undefined) flows.push({ from, to, destinations: move.destinations });
    }

    const ended: Group[] = [];
    const begun: Group[] = [];
    const resized: Group[] = [];
    for (const group of touched) {
      group.touched = false;
      if (group.destinations < 0) {
        throw new RangeError(`more destinations leave the next hops [${group.links}] than use them`);
      }
      if (group.destinations === group.before) {
        if (group.destinations === 0) this.#forget(group);
      } else if (group.before === 0) begun.push(group);
      else if (group.destinations === 0) ended.push(group);
      else resized.push(group);
    }
    begun.sort(bySet);

    const changed: Group[] = [];
    const added: Group[] = [];
    for (const { from, to } of successions(flows, begun)) {
      if (from.number === 0 || to.number !== 0) continue;
      to.number = from.number;
      from.number = 0;
      changed.push(to);
    }
    for (const group of begun) {
      if (group.number !== 0) continue;
      group.number = this.#free.pop() ?? this.#bound++;
      added.push(group);
    }
    const removed: number[] = [];
    for (const group of ended) {
      this.#forget(group);
      if (group.number !== 0) removed.push(group.number);
    }
    if (removed.length > 0) {
      this.#free.push(...removed);
      this.#free.sort((a, b) => b - a);
    }
    this.#count += added.length - removed.length;
    if (added.length + changed.length + resized.length + removed.length === 0) return undefined;
    return {
      added: added.map(published).sort(byNumber),
      changed: changed.map(published).sort(byNumber),
      resized: resized.map(published).sort(byNumber),
      removed: removed.sort((a, b) => a - b),
    };
  }

  /** The group of a set of links, made when there is none; undefined for no links at all. */
  #touch(links: readonly number[], touched: Group[]): Group | undefined {
    if (links.length === 0) return undefined;
    let hash = links.length;
    for (let i = 0; i < links.length; i++) hash = (Math.imul(hash, 0x01000193) ^ (links[i] as number)) | 0;
    let bucket = this.#groups.get(hash);
    if (bucket === undefined) {
      bucket = [];
      this.#groups.set(hash, bucket);
    }
    let group = bucket.find((candidate) => compareSets(candidate.links, links) === 0);
    if (group === undefined) {
      group = { links, hash, number: 0, destinations: 0, before: 0, touched: false };
      bucket.push(group);
    }
    if (!group.touched) {
      group.touched = true;
      group.before = group.destinations;
      touched.push(group);
    }
    return group;
  }

  #forget(group: Group): void {
    const bucket = this.#groups.get(group.hash) as Group[];
    if (bucket.length === 1) this.#groups.delete(group.hash);
    else bucket.splice(bucket.indexOf(group), 1);
  }
}

/** Who may succeed whom, best first; the groups `begun` are in order. */
function successions(
  flows: readonly { from: Group; to: Group; destinations: number }[],
  begun: readonly Group[],
): Succession[] {
  const order = new Map(begun.map((group, i) => [group, i]));
  const pairs = new Map<number, Succession>();
  for (const { from, to, destinations } of flows) {
    const place = order.get(to);
    if (place === undefined || from.before === 0 || from.destinations !== 0) continue;
    const key = from.number * begun.length + place;
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, { from, to, order: place, destinations });
    else known.destinations += destinations;
  }
  // The numbers as they were: successors take them over only after this.
  return [...pairs.values()].sort(
    (a, b) => b.destinations - a.destinations || a.from.number - b.from.number || a.order - b.order,
  );
}

function published({ number, links, destinations }: Group): NextHopGroup {
  return { number, links, destinations };
}

function byNumber(a: NextHopGroup, b: NextHopGroup): number {
  return a.number - b.number;
}

function bySet(a: Group, b: Group): number {
  return compareSets(a.links, b.links);
}

function compareSets(a: readonly number[], b: readonly number[]): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
