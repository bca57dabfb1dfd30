// Which times may still reach which port of a scope: Naiad's could-result-in relation (SOSP 2013, section 2.3), kept incrementally.
// After timely dataflow's `reachability` module.

import { LimmatError } from "../errors.ts";
import { type Frontier, MutableAntichain, type TimeDomain } from "../order/index.ts";
import { ChangeBatch } from "./change-batch.ts";
import { type Graph, insertSummary, type Summaries } from "./graph.ts";

/** A cycle of a dataflow along which times don't advance, so that progress could never be decided. Names the operators on it. */
export class ZeroDelayCycleError extends LimmatError {
  /** The names of the operators on the cycle, in order. */
  readonly operators: readonly string[];

  constructor(operators: readonly string[]) {
    super(
      "ZERO_DELAY_CYCLE",
      `a cycle does not advance time: ${operators.join(" -> ")}; pass it through feedback() with a summary that does`,
    );
    this.operators = operators;
  }
}

/** A path from one location to another and what it does to times. */
interface Hop<S> {
  readonly to: number;
  readonly summaries: Summaries<S>;
  /** Whether it leaves times as they are, and does nothing else. */
  readonly still: boolean;
}

/** What can be known of a scope's graph before any worker runs it; see `findPaths`. */
export interface ScopePaths<S> {
  readonly graph: Graph<S>;
  /** `hops[location]`: to the outputs of the same operator (from a target), or along edges (from a source). */
  readonly hops: readonly (readonly Hop<S>[])[];
  /** `exits[location][output]`: the least effects from a location on each of the scope's outputs. */
  readonly exits: readonly (readonly Summaries<S>[])[];
  /** `external[input][output]`: the scope as one operator of its parent, in inner summaries. */
  readonly external: readonly (readonly Summaries<S>[])[];
  /** `ranks[location]`: ascending along every hop that may leave a time as it is. */
  readonly ranks: readonly number[];
}

/**
 * Compiles the graph of one scope: checks that every cycle advances time (else throws `ZeroDelayCycleError`) and finds the summaries
 * from everywhere to the scope's outputs.
 */
export function findPaths<T, S>(domain: TimeDomain<T, S>, graph: Graph<S>): ScopePaths<S> {
  const { identity } = domain.summaries;
  const hops: Hop<S>[][] = graph.ports.map(() => []);
  graph.nodes.forEach((node, index) => {
    if (index === 0) return;
    node.targets.forEach((target, input) => {
      node.sources.forEach((source, output) => {
        const summaries = node.internal[input]?.[output] ?? [];
        if (summaries.length > 0) hops[target]?.push({ to: source, summaries, still: isStill(domain, summaries) });
      });
    });
  });
  graph.edges.forEach((targets, source) => {
    for (const to of targets) hops[source]?.push({ to, summaries: [identity], still: true });
  });
  const ranks = rank(domain, graph, hops);
  const exits = findExits(domain, graph, hops);
  const external = (graph.nodes[0]?.sources ?? []).map((source) => exits[source] ?? []);
  return { graph, hops, exits, external, ranks };
}

function isStill<T, S>({ summaries: domain }: TimeDomain<T, S>, summaries: Summaries<S>): boolean {
  // A summary is the identity or advances every time.
  return summaries.length === 1 && domain.lessEqual(summaries[0] as S, domain.identity);
}

/** Orders locations along hops that may leave a time as it is; a cycle among them is an error. */
function rank<T, S>(domain: TimeDomain<T, S>, graph: Graph<S>, hops: readonly (readonly Hop<S>[])[]): number[] {
  const { summaries } = domain;
  const still = hops.map((from) =>
    from.filter((hop) => hop.summaries.some((summary) => summaries.lessEqual(summary, summaries.identity))),
  );
  const arriving = graph.ports.map(() => 0);
  for (const from of still) for (const hop of from) arriving[hop.to] = (arriving[hop.to] as number) + 1;
  const ready: number[] = [];
  arriving.forEach((count, location) => {
    if (count === 0) ready.push(location);
  });
  const ranks = graph.ports.map(() => -1);
  for (let next = 0; next < ready.length; next++) {
    const location = ready[next] as number;
    ranks[location] = next;
    for (const hop of still[location] ?? []) {
      const left = (arriving[hop.to] as number) - 1;
      arriving[hop.to] = left;
      if (left === 0) ready.push(hop.to);
    }
  }
  if (ready.length < ranks.length) {
    // Every unranked location has an unranked predecessor, so walking backwards among them must come round.
    let at = ranks.indexOf(-1);
    const walk: number[] = [];
    while (!walk.includes(at)) {
      walk.push(at);
      const here = at;
      at = still.findIndex((from, location) => ranks[location] === -1 && from.some((hop) => hop.to === here));
    }
    const cycle = walk.slice(walk.indexOf(at)).reverse();
    const names = cycle.map((location) => graph.nodes[graph.ports[location]?.node ?? 0]?.name ?? "");
    throw new ZeroDelayCycleError(names.filter((name, i) => i === 0 || name !== names[i - 1]));
  }
  return ranks;
}

function findExits<T, S>(
  domain: TimeDomain<T, S>,
  graph: Graph<S>,
  hops: readonly (readonly Hop<S>[])[],
): Summaries<S>[][] {
  const leaving = graph.nodes[0]?.targets ?? [];
  const exits: S[][][] = graph.ports.map(() => leaving.map(() => []));
  const backward: Hop<S>[][] = graph.ports.map(() => []);
  hops.forEach((from, location) => {
    for (const hop of from) backward[hop.to]?.push({ ...hop, to: location });
  });
  const work: { location: number; output: number; summary: S }[] = [];
  const reach = (location: number, output: number, summary: S) => {
    if (insertSummary(domain.summaries, exits[location]?.[output] as S[], summary)) {
      work.push({ location, output, summary });
    }
  };
  leaving.forEach((target, output) => {
    reach(target, output, domain.summaries.identity);
  });
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    for (const hop of backward[item.location] ?? []) {
      for (const first of hop.summaries) {
        const whole = domain.summaries.compose(first, item.summary);
        if (whole !== undefined) reach(hop.to, item.output, whole);
      }
    }
  }
  return exits;
}

/**
 * Keeps, for every location of one scope, the frontier of times that may still be seen there, given counts of outstanding times.
 *
 * `update` records changes of counts; `propagate` makes their consequences visible at once. Counts may be negative in passing (engine
 * rule 3). After `propagate`, `moved` lists the net changes of target frontiers, and `exitChanges` those of the least times that what
 * is inside the scope can still cause at its outputs (what arrives through the scope's own inputs is left out: the parent knows it).
 */
export class Tracker<T, S> {
  readonly domain: TimeDomain<T, S>;
  readonly paths: ScopePaths<S>;
  /** Net changes of the frontiers of operators' inputs since the caller last cleared it. */
  readonly moved: ChangeBatch<T>;
  /** Net changes, per boundary target, of what the inside can still cause there; since the caller last cleared it. */
  readonly exitChanges: ChangeBatch<T>;
  private readonly pointstamps: MutableAntichain<T>[];
  private readonly implications: MutableAntichain<T>[];
  private readonly isTarget: boolean[];
  private readonly isBoundary: boolean[];
  private readonly leaving: readonly number[];
  private readonly heap: Worklist<T>;
  private outstanding = 0;

  constructor(domain: TimeDomain<T, S>, paths: ScopePaths<S>) {
    this.domain = domain;
    this.paths = paths;
    this.moved = new ChangeBatch(domain);
    this.exitChanges = new ChangeBatch(domain);
    const { nodes, ports } = paths.graph;
    this.pointstamps = ports.map(() => new MutableAntichain(domain));
    this.implications = ports.map(() => new MutableAntichain(domain));
    this.isTarget = ports.map((port) => port.kind === "target" && port.node !== 0);
    this.isBoundary = ports.map((port) => port.node === 0);
    this.leaving = nodes[0]?.targets ?? [];
    this.heap = new Worklist(domain, paths.ranks);
  }

  /** The live frontier of times that may still be seen at a location. */
  frontier(location: number): Frontier<T> {
    return this.implications[location] as MutableAntichain<T>;
  }

  /** Records a change of the count of `time` outstanding at `location`. */
  update(location: number, time: T, diff: number): void {
    const stamps = this.pointstamps[location] as MutableAntichain<T>;
    const bare = stamps.isBare();
    const changed = stamps.update(time, diff);
    if (bare !== stamps.isBare()) this.outstanding += bare ? 1 : -1;
    if (!changed) return;
    const exits = this.isBoundary[location] ? undefined : this.paths.exits[location];
    for (let i = 0; i < stamps.changes; i++) {
      const at = stamps.changedTimes[i] as T;
      const by = stamps.changedDiffs[i] as number;
      this.heap.push(location, at, by);
      if (exits !== undefined) this.exit(exits, at, by);
    }
  }

  /** Whether any count is other than zero: while nothing is outstanding, nothing can ever happen in this scope again. */
  isOutstanding(): boolean {
    return this.outstanding > 0;
  }

  /** The outstanding counts of each location, for reports. */
  *counts(): IterableIterator<{ location: number; time: T; count: number }> {
    for (let location = 0; location < this.pointstamps.length; location++) {
      for (const [time, count] of (this.pointstamps[location] as MutableAntichain<T>).entries()) {
        yield { location, time, count };
      }
    }
  }

  /** Brings every frontier up to date with the recorded changes. */
  propagate(): void {
    const { heap } = this;
    while (heap.length > 0) {
      const location = heap.location();
      const time = heap.time();
      let diff = 0;
      do diff += heap.pop();
      while (heap.length > 0 && heap.isAt(location, time));
      if (diff !== 0) this.imply(location, time, diff);
    }
  }

  private exit(exits: readonly Summaries<S>[], time: T, diff: number): void {
    for (let output = 0; output < exits.length; output++) {
      for (const summary of exits[output] as Summaries<S>) {
        const result = this.domain.summaries.resultsIn(summary, time);
        if (result !== undefined) this.exitChanges.update(this.leaving[output] as number, result, diff);
      }
    }
  }

  private imply(location: number, time: T, diff: number): void {
    const frontier = this.implications[location] as MutableAntichain<T>;
    if (!frontier.update(time, diff)) return;
    const hops = this.paths.hops[location] as readonly Hop<S>[];
    for (let i = 0; i < frontier.changes; i++) {
      const at = frontier.changedTimes[i] as T;
      const by = frontier.changedDiffs[i] as number;
      if (this.isTarget[location]) this.moved.update(location, at, by);
      for (let h = 0; h < hops.length; h++) {
        const hop = hops[h] as Hop<S>;
        if (hop.still) {
          this.heap.push(hop.to, at, by);
          continue;
        }
        for (let s = 0; s < hop.summaries.length; s++) {
          const result = this.domain.summaries.resultsIn(hop.summaries[s] as S, at);
          if (result !== undefined) this.heap.push(hop.to, result, by);
        }
      }
    }
  }
}

/**
 * A heap of implied changes by time, then by rank. Since every path either advances time or ascends in rank, all changes of a
 * (location, time) are gathered before the first is taken.
 */
class Worklist<T> {
  private readonly domain: TimeDomain<T>;
  private readonly numeric: boolean;
  private readonly ranks: readonly number[];
  private readonly locations: number[] = [];
  private readonly times: T[] = [];
  private readonly diffs: number[] = [];

  constructor(domain: TimeDomain<T>, ranks: readonly number[]) {
    this.domain = domain;
    this.numeric = domain.numeric === true;
    this.ranks = ranks;
  }

  get length(): number {
    return this.locations.length;
  }

  /** Whether the first item is of that location and time. */
  isAt(location: number, time: T): boolean {
    if (this.locations[0] !== location) return false;
    return this.numeric ? this.times[0] === time : this.domain.compare(this.times[0] as T, time) === 0;
  }

  /** The first item's location. */
  location(): number {
    return this.locations[0] as number;
  }

  /** The first item's time. */
  time(): T {
    return this.times[0] as T;
  }

  push(location: number, time: T, diff: number): void {
    const { locations, times, diffs } = this;
    let at = locations.length;
    locations.push(location);
    times.push(time);
    diffs.push(diff);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.before(location, time, locations[parent] as number, times[parent] as T)) break;
      locations[at] = locations[parent] as number;
      times[at] = times[parent] as T;
      diffs[at] = diffs[parent] as number;
      at = parent;
    }
    locations[at] = location;
    times[at] = time;
    diffs[at] = diff;
  }

  /** Removes the first item and returns its diff. */
  pop(): number {
    const { locations, times, diffs } = this;
    const result = diffs[0] as number;
    const location = locations.pop() as number;
    const time = times.pop() as T;
    const diff = diffs.pop() as number;
    const length = locations.length;
    if (length === 0) return result;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      const right = child + 1;
      if (
        right < length &&
        this.before(locations[right] as number, times[right] as T, locations[child] as number, times[child] as T)
      ) {
        child = right;
      }
      if (!this.before(locations[child] as number, times[child] as T, location, time)) break;
      locations[at] = locations[child] as number;
      times[at] = times[child] as T;
      diffs[at] = diffs[child] as number;
      at = child;
    }
    locations[at] = location;
    times[at] = time;
    diffs[at] = diff;
    return result;
  }

  private before(location: number, time: T, otherLocation: number, otherTime: T): boolean {
    const order = this.numeric ? (time as number) - (otherTime as number) : this.domain.compare(time, otherTime);
    return order < 0 || (order === 0 && (this.ranks[location] as number) < (this.ranks[otherLocation] as number));
  }
}
