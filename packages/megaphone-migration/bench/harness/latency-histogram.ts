// How latencies are counted: in steps of a 64th of a power of two (Gil Tene's high dynamic range histogram), beside the true maximum.

/** Steps in each power of two: a latency is known to 1.6 %. */
const steps = 64;
const stepBits = 6;
/** Nanoseconds of one unit: latencies below 64 units are counted exactly, and 68 s are the longest. */
const unit = 16;
const places = (32 - stepBits + 1) * steps;

/** A histogram as plain data: the steps that counted something, and how much. */
export interface LatencyCounts {
  /** Numbers of steps, ascending. */
  readonly steps: readonly number[];
  /** How many latencies lie in each. */
  readonly counts: readonly number[];
  /** The longest latency, in nanoseconds. */
  readonly max: number;
}

/** Counts latencies. Times are nanoseconds. */
export class LatencyHistogram {
  private readonly counts = new Float64Array(places);
  private all = 0;
  private longest = 0;

  /** How many were counted. */
  get total(): number {
    return this.all;
  }

  /** The longest, exactly; 0 when there are none. */
  get max(): number {
    return this.longest;
  }

  /** Counts one latency, or as many equal ones. */
  add(nanoseconds: number, times = 1): void {
    if (nanoseconds > this.longest) this.longest = nanoseconds;
    const place = placeOf(nanoseconds);
    this.counts[place] = (this.counts[place] as number) + times;
    this.all += times;
  }

  /** Adds what another has counted, be it there or as plain data. */
  addAll(other: LatencyHistogram | LatencyCounts): void {
    const { steps, counts, max } = other instanceof LatencyHistogram ? other.toData() : other;
    for (let i = 0; i < steps.length; i++) {
      const place = steps[i] as number;
      const count = counts[i] as number;
      this.counts[place] = (this.counts[place] as number) + count;
      this.all += count;
    }
    this.longest = Math.max(this.longest, max);
  }

  /** The latency that `share` of all do not exceed, to the end of its step; the true maximum for 1; NaN when there are none. */
  percentile(share: number): number {
    if (this.all === 0) return Number.NaN;
    if (share >= 1) return this.longest;
    let left = this.all * share;
    for (let place = 0; place < places; place++) {
      const count = this.counts[place] as number;
      left -= count;
      if (count > 0 && left <= 0) return Math.min(endOf(place), this.longest);
    }
    return this.longest;
  }

  /** Points of the complementary distribution: for each step that counted something its end, in nanoseconds, and the share beyond it. */
  beyond(): [number, number][] {
    const points: [number, number][] = [];
    let left = this.all;
    for (let place = 0; place < places; place++) {
      const count = this.counts[place] as number;
      if (count === 0) continue;
      left -= count;
      points.push([Math.min(endOf(place), this.longest), left / this.all]);
    }
    return points;
  }

  /** The histogram as plain data. */
  toData(): LatencyCounts {
    const steps: number[] = [];
    const counts: number[] = [];
    for (let place = 0; place < places; place++) {
      const count = this.counts[place] as number;
      if (count === 0) continue;
      steps.push(place);
      counts.push(count);
    }
    return { steps, counts, max: this.longest };
  }
}

function placeOf(nanoseconds: number): number {
  const units = Math.min(Math.max(nanoseconds, 0) / unit, 2 ** 32 - 1) >>> 0;
  if (units < steps) return units;
  const power = 31 - Math.clz32(units);
  return (power - stepBits + 1) * steps + ((units >>> (power - stepBits)) - steps);
}

/** Where a step ends, in nanoseconds. */
function endOf(place: number): number {
  if (place < steps) return (place + 1) * unit;
  const power = Math.floor(place / steps) - 1;
  return (steps + (place % steps) + 1) * 2 ** power * unit;
}
