// How latencies are counted: in steps of a sixteenth of a power of two, as the Rust implementation's open-loop examples do.

const steps = 16;

/** Counts latencies, in nanoseconds, at a resolution of about 5 %. */
export class LatencyHistogram {
  /** How many latencies lie in each step; the last one may be as long as you like. */
  readonly counts: Uint32Array;

  constructor(counts: Uint32Array = new Uint32Array(64 * steps)) {
    this.counts = counts;
  }

  /** Counts one latency. */
  add(nanoseconds: number): void {
    const step = Math.min(Math.floor(steps * Math.log2(Math.max(1, nanoseconds))), this.counts.length - 1);
    this.counts[step] = (this.counts[step] as number) + 1;
  }

  /** Adds what another has counted. */
  addAll(other: LatencyHistogram): void {
    for (let step = 0; step < this.counts.length; step++) {
      this.counts[step] = (this.counts[step] as number) + (other.counts[step] as number);
    }
  }

  /** How many were counted. */
  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The upper end of the step in which that share of all latencies ends, in nanoseconds; NaN when there are none. */
  percentile(share: number): number {
    let left = this.total * share;
    for (let step = 0; step < this.counts.length; step++) {
      const count = this.counts[step] as number;
      left -= count;
      if (count > 0 && left <= 0) return 2 ** ((step + 1) / steps);
    }
    return Number.NaN;
  }

  /** One line a power of two that has any: its upper end, and the share of latencies beyond it. */
  lines(): string[] {
    const { total } = this;
    const lines: string[] = [];
    let left = total;
    for (let power = 0; power < this.counts.length / steps; power++) {
      const count = this.counts.subarray(power * steps, (power + 1) * steps).reduce((sum, each) => sum + each, 0);
      left -= count;
      if (count > 0) lines.push(`${(2 ** (power + 1) / 1000).toFixed(3)} us: ${(left / total).toFixed(6)} take longer`);
    }
    return lines;
  }
}
