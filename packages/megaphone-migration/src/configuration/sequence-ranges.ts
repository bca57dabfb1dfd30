// Which sequence numbers are used up, as ranges: a controller that counts leaves one range, however long it runs.

/** A growing set of whole numbers, kept as ranges. Memory is 16 bytes for each run of neighbours. */
export class SequenceRanges {
  // Ascending, disjoint and not adjacent: range i is starts[i] to ends[i], both inclusive.
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  /** How many ranges there are. */
  get size(): number {
    return this.starts.length;
  }

  /** Whether `value` was added. O(log ranges). */
  has(value: number): boolean {
    const at = this.after(value) - 1;
    return at >= 0 && value <= (this.ends[at] as number);
  }

  /** Adds `value`. O(log ranges) at the end, O(ranges) elsewhere. */
  add(value: number): void {
    const { starts, ends } = this;
    const at = this.after(value);
    if (at > 0 && value <= (ends[at - 1] as number)) return;
    const joinsLeft = at > 0 && ends[at - 1] === value - 1;
    const joinsRight = starts[at] === value + 1;
    if (joinsLeft && joinsRight) {
      ends[at - 1] = ends[at] as number;
      starts.splice(at, 1);
      ends.splice(at, 1);
    } else if (joinsLeft) ends[at - 1] = value;
    else if (joinsRight) starts[at] = value;
    else {
      starts.splice(at, 0, value);
      ends.splice(at, 0, value);
    }
  }

  /** The index of the first range that starts after `value`. */
  private after(value: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
