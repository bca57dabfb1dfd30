// How often a scope's operators ran and for how long: every run is counted, some are timed, so that a busy worker pays for few looks at
// the clock. What an autoscaler computes true processing rates from (Kalavri et al., DS2, OSDI 2018, section 3).

/** What runs when its turn comes. */
interface Runs {
  schedule(): boolean;
}

/** Looks at the clock may cost an operator this share of its time. */
const share = 1 / 200;
/** However short its runs are, an operator is timed once in so many, on average. */
const sparsest = 64;

/** What was measured of one scope's operators, by node. */
export class Activity {
  /** How often each had run when it was last timed. */
  counted = new Float64Array(0);
  /** Milliseconds that each has run, estimated from the runs that were timed; a nested scope's includes what is inside. */
  busy = new Float64Array(0);
  /** How many runs are left until one is timed. */
  left = new Int32Array(0);
  /** How many runs the next timed one stands for. */
  gap = new Int32Array(0);
  /** Milliseconds of a typical run, quick to rise and slow to fall: who is slow now and then is timed often. */
  typical = new Float64Array(0);

  /** How often a node has run since it was first measured. */
  runs(node: number): number {
    if (node >= this.left.length) return 0;
    return (this.counted[node] as number) + (this.gap[node] as number) - (this.left[node] as number);
  }

  /** Makes room for as many nodes; the next run of a new one is timed. */
  grow(nodes: number): void {
    if (this.left.length >= nodes) return;
    const from = this.left.length;
    const float = (old: Float64Array) => {
      const grown = new Float64Array(nodes);
      grown.set(old);
      return grown;
    };
    const int = (old: Int32Array) => {
      const grown = new Int32Array(nodes);
      grown.set(old);
      return grown.fill(1, from);
    };
    this.counted = float(this.counted);
    this.busy = float(this.busy);
    this.typical = float(this.typical);
    this.left = int(this.left);
    this.gap = int(this.gap);
  }
}

/** Told of every run that is timed: the scope's activity, the node, when it started, how long it took, how many runs it stands for. */
export type Timed = (activity: Activity, node: number, start: number, duration: number, runs: number) => void;

/** Runs operators, counting and timing them. One per worker. */
export class Meter {
  /** The clock when it was last looked at. */
  time: number;
  private readonly now: () => number;
  /** Milliseconds of one look at the clock, which is no operator's. */
  private readonly look: number;
  private everyRun = false;
  private told: Timed | undefined;
  private state = 1;

  /** `now` is the worker's clock, in milliseconds. */
  constructor(now: () => number) {
    this.now = now;
    this.time = now();
    let look = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 32; i++) {
      const start = now();
      for (let j = 0; j < 32; j++) this.time = now();
      look = Math.min(look, (this.time - start) / 32);
    }
    this.look = look;
  }

  /** Has `told` called for every timed run, and every single run timed if wanted. */
  report(told: Timed | undefined, everyRun: boolean): void {
    this.told = told;
    this.everyRun = everyRun;
  }

  /** Runs an operator of a scope that has grown its activity for it; answers what it does. */
  run(activity: Activity, node: number, operator: Runs): boolean {
    const left = (activity.left[node] as number) - 1;
    activity.left[node] = left;
    return left > 0 ? operator.schedule() : this.timed(activity, node, operator);
  }

  private timed(activity: Activity, node: number, operator: Runs): boolean {
    const start = this.now();
    const more = operator.schedule();
    const end = this.now();
    this.time = end;
    const duration = Math.max(0, end - start - this.look);
    const runs = activity.gap[node] as number;
    activity.counted[node] = (activity.counted[node] as number) + runs;
    activity.busy[node] = (activity.busy[node] as number) + duration * runs;
    const before = activity.typical[node] as number;
    const typical = before + (duration - before) / (duration > before ? 4 : 64);
    activity.typical[node] = typical;
    const gap = this.everyRun ? 1 : this.drawGap(typical);
    activity.gap[node] = gap;
    activity.left[node] = gap;
    if (this.told !== undefined) this.told(activity, node, start, duration, runs);
    return more;
  }

  /** Runs until the next timed one: random, lest an operator that alternates is always met in the same mood. */
  private drawGap(typical: number): number {
    const looks = 2 * this.look;
    const mean = looks >= sparsest * typical * share ? sparsest : Math.max(1, Math.ceil(looks / (typical * share)));
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return 1 + ((this.state >>> 8) % (2 * mean - 1));
  }
}
