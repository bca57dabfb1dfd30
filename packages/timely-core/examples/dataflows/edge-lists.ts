// The edges of a graph that changes: for each place the list of where its edges lead, ascending, and how often. All lists lie in two
// typed arrays; one that outgrows its room moves to the end.

const leastRoom = 4;

/** Lists of targets with their multiplicities, by place. */
export class EdgeLists {
  /** Where the list of each place starts. */
  readonly starts: Uint32Array;
  /** How many targets each has. */
  readonly lengths: Uint32Array;
  /** The targets. */
  targets = new Uint32Array(1024);
  /** How often the edge to the target at the same position is there; never 0. */
  counts = new Int32Array(1024);
  private readonly rooms: Uint32Array;
  private end = 0;

  /** Empty lists for places below `places`. */
  constructor(places: number) {
    this.starts = new Uint32Array(places);
    this.lengths = new Uint32Array(places);
    this.rooms = new Uint32Array(places);
  }

  /**
   * Adds to the count of one edge. Returns the position in its list at which that happened, plus `inserted` if the edge was not there, or
   * plus `removed` if it is no longer.
   */
  change(place: number, target: number, diff: number): number {
    const { lengths } = this;
    const start = this.starts[place] as number;
    const length = lengths[place] as number;
    let at = start;
    const end = start + length;
    while (at < end && (this.targets[at] as number) < target) at += 1;
    const position = at - start;
    if (at < end && this.targets[at] === target) {
      const count = (this.counts[at] as number) + diff;
      this.counts[at] = count;
      if (count !== 0) return position;
      this.targets.copyWithin(at, at + 1, end);
      this.counts.copyWithin(at, at + 1, end);
      lengths[place] = length - 1;
      return position + removed;
    }
    if (length === this.rooms[place]) at = this.move(place) + position;
    const last = at - position + length;
    for (let i = last; i > at; i--) {
      this.targets[i] = this.targets[i - 1] as number;
      this.counts[i] = this.counts[i - 1] as number;
    }
    this.targets[at] = target;
    this.counts[at] = diff;
    lengths[place] = length + 1;
    return position + inserted;
  }

  /** Gives a list twice the room, and returns its start. */
  private move(place: number): number {
    const from = this.starts[place] as number;
    const room = Math.max(leastRoom, (this.rooms[place] as number) * 2);
    const start = this.end;
    this.end += room;
    if (this.end > this.targets.length) {
      const targets = new Uint32Array(Math.max(this.end, this.targets.length * 2));
      targets.set(this.targets);
      this.targets = targets;
      const counts = new Int32Array(targets.length);
      counts.set(this.counts);
      this.counts = counts;
    }
    const length = this.lengths[place] as number;
    for (let i = 0; i < length; i++) {
      this.targets[start + i] = this.targets[from + i] as number;
      this.counts[start + i] = this.counts[from + i] as number;
    }
    this.starts[place] = start;
    this.rooms[place] = room;
    return start;
  }
}

/** Added by `change` to the position of an edge that was not in its list. */
export const inserted = 2 ** 30;

/** Added by `change` to the position of an edge that left its list. */
export const removed = 2 ** 31;
