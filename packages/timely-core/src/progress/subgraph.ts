// One scope at run time: schedules its operators, exchanges their progress with the scope's replicas on other workers, and keeps every
// frontier in it. After timely dataflow's `subgraph` module; Naiad (SOSP 2013, section 3.3); engine rules 2 and 3.

import type { Frontier, TimeDomain } from "../order/index.ts";
import { Activity, type Meter } from "./activity.ts";
import type { Broadcast } from "./broadcast.ts";
import { ChangeBatch } from "./change-batch.ts";
import { insertSummary, type Node, type Port, type Summaries } from "./graph.ts";
import { findPaths, Tracker } from "./reachability.ts";

/** How a nested scope's times relate to its parent's. */
export interface Refinement<TOuter, SOuter, TInner, SInner> {
  /** The nested scope's times. */
  readonly domain: TimeDomain<TInner, SInner>;
  /** The least inner time of an outer time. Monotone. */
  enter(time: TOuter): TInner;
  /** The outer time of an inner time. Monotone, and `leave(enter(t))` is `t`. */
  leave(time: TInner): TOuter;
  /** What a path inside does to outer times, at least: `leave` of what it does to the inner times of one. */
  summarize(summary: SInner): SOuter;
}

/** Where a subgraph stands: what it needs from the worker that runs it. */
export interface SubgraphHost {
  /** The number of workers that run a replica of this scope. */
  readonly peers: number;
  /** Called when the outermost scope gets something to do. */
  wake(): void;
  /** Sends off what was sent so far, so that it travels while this worker goes on. */
  publish(): void;
  /** How many operators may run in this activation: all of them but under simulation (engine rule 18). */
  operatorFuel(): number;
  /** Counts and times what runs; undefined while nobody wants to know. */
  readonly meter: Meter | undefined;
  /** Is told of progress; undefined while nobody listens. */
  readonly progressLog: ProgressLog | undefined;
}

/** What a scope tells of its progress as it goes, where somebody listens. */
export interface ProgressLog {
  /** One atomic batch of changes went to the other workers. */
  progressSent(scope: LoggedScope, changes: ChangeBatch<unknown>): void;
  /** Whether it wants the changes that come from other workers, rather than their number. */
  readonly full: boolean;
  /** A batch came from another worker: what is in it. */
  progressReceived(scope: LoggedScope, sender: number, changes: ChangeBatch<unknown>): void;
  /** A batch came from another worker: how many changes it has. */
  progressCounted(scope: LoggedScope, changes: number): void;
}

/** The scope whose progress is told. */
export interface LoggedScope {
  /** The numbers, from the outermost scope on, of the nodes that it and the scopes around it are. */
  readonly address: readonly number[];
  /** Its ports by location. */
  readonly ports: readonly Port[];
}

/** What an operator is to its scope. */
export interface Operator {
  /** Runs the operator once; true when it has more to do although nothing new arrived. */
  schedule(): boolean;
}

/** Nested scopes are the only operators whose progress is already agreed between workers. */
interface ChildScope<T> extends Operator {
  /** Frontier changes at the child's inputs, in the parent's times; the location is the number of the input. */
  readonly arrivals: ChangeBatch<T>;
  isActive(): boolean;
  start(): void;
  settle(): void;
}

/**
 * A scope's replica on one worker.
 *
 * Operators record what they consumed, produced and hold in `local`, by location. One activation of the subgraph runs operators, then
 * broadcasts `local` as one atomic batch, moves it to `confirmed` with what came from the other replicas, and lets the tracker derive
 * frontiers from `confirmed` alone, so that every replica sees every worker's changes by the same path.
 */
export class Subgraph<T, S, TOuter, SOuter> implements ChildScope<TOuter> {
  readonly name: string;
  /** How many scopes this one is nested in. */
  readonly depth: number;
  readonly domain: TimeDomain<T, S>;
  readonly host: SubgraphHost;
  readonly nodes: Node<S>[] = [];
  readonly ports: Port[] = [];
  readonly edges: number[][] = [];
  /** `copies[target]`: how often each record of the one edge to a target arrives, over all workers. */
  private readonly copies: number[] = [];
  /** Batches of progress that this replica has sent. */
  sentBatches = 0;
  /** Changes in them, before those of one count were summed. */
  sentChanges = 0;
  /** What was measured of its operators, by node. */
  readonly activity = new Activity();
  /** The numbers, from the outermost scope on, of the nodes that this scope and those around it are. */
  readonly address: readonly number[];
  readonly local: ChangeBatch<T>;
  readonly confirmed: ChangeBatch<T>;
  readonly arrivals: ChangeBatch<TOuter>;
  private readonly refinement: Refinement<TOuter, SOuter, T, S>;
  /** The scope around this one. */
  readonly parent: Subgraph<TOuter, SOuter, unknown, unknown> | undefined;
  /** This scope's node in its parent. */
  readonly parentNode: number;
  private readonly operators: (Operator | undefined)[] = [];
  private readonly children: (ChildScope<T> | undefined)[] = [];
  private readonly notified: boolean[] = [];
  private readonly ready = new ReadyList();
  private broadcast: Broadcast<T> | undefined;
  private trackerOrUndefined: Tracker<T, S> | undefined;
  // Per boundary target: what the inside can still cause there, in outer times, as last reported to the parent.
  private readonly held: ChangeBatch<TOuter>;
  private running = false;

  constructor(
    name: string,
    host: SubgraphHost,
    refinement: Refinement<TOuter, SOuter, T, S>,
    outer: TimeDomain<TOuter, SOuter>,
    parent: Subgraph<TOuter, SOuter, unknown, unknown> | undefined,
  ) {
    this.name = name;
    this.host = host;
    this.refinement = refinement;
    this.domain = refinement.domain;
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.local = new ChangeBatch(this.domain);
    this.confirmed = new ChangeBatch(this.domain);
    this.arrivals = new ChangeBatch(outer);
    this.held = new ChangeBatch(outer);
    this.addNode(name);
    this.parentNode = parent === undefined ? -1 : parent.addNode(name);
    this.address = parent === undefined ? [] : [...parent.address, this.parentNode];
    if (parent !== undefined) parent.adopt(this.parentNode, this);
  }

  // ---- building ----

  /** Adds an operator without ports. */
  addNode(name: string): number {
    this.nodes.push({ name, targets: [], sources: [], internal: [] });
    this.operators.push(undefined);
    this.children.push(undefined);
    this.notified.push(false);
    return this.nodes.length - 1;
  }

  /** Adds an input port to an operator, or an output to the scope for node 0; returns its location. */
  addTarget(node: number): number {
    return this.addPort(node, "target");
  }

  /** Adds an output port to an operator, or an input to the scope for node 0; returns its location. */
  addSource(node: number): number {
    return this.addPort(node, "source");
  }

  /** Connects an output port to an input port where each record arrives `copies` times, over all workers. */
  connect(source: number, target: number, copies = 1): void {
    this.edges[source]?.push(target);
    this.copies[target] = copies;
  }

  /**
   * Completes an operator: what runs it, its summaries (`internal[input][output]`), and whether it is activated when a frontier of its
   * inputs moves. Until the dataflow starts, it holds the least time at each of its outputs, on every worker.
   */
  setOperator(
    node: number,
    operator: Operator,
    internal: readonly (readonly Summaries<S>[])[],
    notified: boolean,
  ): void {
    const entry = this.nodes[node] as Node<S>;
    entry.internal = internal;
    this.operators[node] = operator;
    this.notified[node] = notified;
    for (const source of entry.sources) this.confirmed.update(source, this.domain.minimum, this.host.peers);
  }

  /** Adds an input to a nested scope: a target in the parent, and the source inside where it arrives. */
  addInput(): { target: number; source: number; enterTime: (time: TOuter) => T } {
    const target = this.enclosing.addTarget(this.parentNode);
    return { target, source: this.addSource(0), enterTime: (time) => this.refinement.enter(time) };
  }

  /** Adds an output to a nested scope: the target inside where it leaves, and a source in the parent. */
  addOutput(): { target: number; source: number; leaveTime: (time: T) => TOuter } {
    const target = this.addTarget(0);
    return {
      target,
      source: this.enclosing.addSource(this.parentNode),
      leaveTime: (time) => this.refinement.leave(time),
    };
  }

  private get enclosing(): Subgraph<TOuter, SOuter, unknown, unknown> {
    if (this.parent === undefined) throw new Error(`scope ${this.name} is nested in no other`);
    return this.parent;
  }

  /** Gives the scope its line to the other workers' replicas. */
  attach(broadcast: Broadcast<T>): void {
    this.broadcast = broadcast;
  }

  private addPort(node: number, kind: Port["kind"]): number {
    const entry = this.nodes[node] as Node<S>;
    const list = kind === "target" ? entry.targets : entry.sources;
    const location = this.ports.length;
    this.ports.push({ node, kind, index: list.length });
    this.edges.push([]);
    list.push(location);
    return location;
  }

  private adopt(node: number, child: ChildScope<T>): void {
    this.operators[node] = child;
    this.children[node] = child;
  }

  /** Ends the building of this scope (all nested ones have ended) and makes it one operator of its parent. */
  summarize(): void {
    const paths = findPaths(this.domain, this.graph());
    this.trackerOrUndefined = new Tracker(this.domain, paths);
    if (this.parent === undefined) return;
    const { summaries } = this.parent.domain;
    const external = paths.external.map((outputs) =>
      outputs.map((set) => {
        const outer: SOuter[] = [];
        for (const summary of set) insertSummary(summaries, outer, this.refinement.summarize(summary));
        return outer;
      }),
    );
    (this.parent.nodes[this.parentNode] as Node<SOuter>).internal = external;
  }

  private graph() {
    return { nodes: this.nodes, ports: this.ports, edges: this.edges };
  }

  /** Tells the parents what this scope and those inside it hold before anything ran. Children first. */
  settle(): void {
    for (const child of this.children) child?.settle();
    this.propagate();
  }

  /** Takes in the parents' first frontiers, and readies every operator for a first run. Parents first. */
  start(): void {
    this.acceptArrivals();
    this.propagate();
    for (const child of this.children) child?.start();
    for (let node = 1; node < this.operators.length; node++) {
      if (this.operators[node] !== undefined) this.activate(node);
    }
  }

  // ---- running ----

  /** The live frontier at a location. */
  frontier(location: number): Frontier<T> {
    return this.tracker.frontier(location);
  }

  /** The time of the outermost scope that a time of this one belongs to. */
  outermost(time: T): unknown {
    return this.parent === undefined ? time : this.parent.outermost(this.refinement.leave(time));
  }

  /** Whether a summary may advance the outermost scope's times. */
  advances(summary: S): boolean {
    const { parent } = this;
    if (parent !== undefined) return parent.advances(this.refinement.summarize(summary));
    return !this.domain.summaries.lessEqual(summary, this.domain.summaries.identity);
  }

  /** Whether `test` holds for the outermost time of every time that may still arrive at an input of an operator here, on any worker. */
  everyTime(test: (time: unknown) => boolean): boolean {
    const { tracker } = this;
    for (let location = 0; location < this.ports.length; location++) {
      if ((this.ports[location] as Port).kind !== "target") continue;
      for (const time of tracker.frontier(location).elements) if (!test(this.outermost(time))) return false;
    }
    return true;
  }

  /** The tracker of this scope, once it has been built. */
  get tracker(): Tracker<T, S> {
    if (this.trackerOrUndefined === undefined) throw new Error(`scope ${this.name} is still being built`);
    return this.trackerOrUndefined;
  }

  /** Has an operator run in this scope's next activation (in this one, if its turn is still to come). */
  activate(node: number): void {
    if (this.ready.add(node)) this.wake();
  }

  /** Records a change of what a local operator consumed, produced or holds. */
  record(location: number, time: T, diff: number): void {
    this.local.update(location, time, diff);
    this.wake();
  }

  /** Has this scope run in its parent's next activation, unless it is running already. */
  wake(): void {
    if (this.running) return;
    if (this.parent === undefined) this.host.wake();
    else this.parent.activate(this.parentNode);
  }

  /** Whether anything in this scope may still happen. */
  isActive(): boolean {
    return (
      this.tracker.isOutstanding() ||
      !this.local.isEmpty() ||
      !this.confirmed.isEmpty() ||
      !this.ready.isEmpty() ||
      this.children.some((child) => child?.isActive())
    );
  }

  schedule(): boolean {
    this.running = true;
    // What happened elsewhere comes first, so that operators that wait for it run in this very activation.
    if (this.acceptArrivals() || !this.confirmed.isEmpty()) this.propagate();
    this.runReady();
    this.shareProgress();
    this.propagate();
    this.running = false;
    return !this.ready.isEmpty();
  }

  /** Takes in what the parent's frontiers did; returns whether that was anything. */
  private acceptArrivals(): boolean {
    const { arrivals } = this;
    if (arrivals.isEmpty()) return false;
    const boundary = this.nodes[0] as Node<S>;
    for (let i = 0; i < arrivals.length; i++) {
      const source = boundary.sources[arrivals.locations[i] as number] as number;
      this.tracker.update(source, this.refinement.enter(arrivals.times[i] as TOuter), arrivals.diffs[i] as number);
    }
    arrivals.clear();
    return true;
  }

  private runReady(): void {
    const { meter } = this.host;
    if (meter !== undefined) this.activity.grow(this.nodes.length);
    this.ready.begin();
    for (let fuel = this.host.operatorFuel(); fuel > 0; fuel--) {
      const node = this.ready.next();
      if (node < 0) break;
      const operator = this.operators[node] as Operator;
      if (meter === undefined ? operator.schedule() : meter.run(this.activity, node, operator)) this.ready.add(node);
    }
    this.ready.end();
  }

  /** Sends what this worker's operators did to every replica, this one included, as one atomic batch. */
  private shareProgress(): void {
    const { local } = this;
    if (local.isEmpty()) return;
    this.sentBatches += 1;
    this.sentChanges += local.length;
    if (this.host.progressLog !== undefined) this.host.progressLog.progressSent(this, local as ChangeBatch<unknown>);
    if (this.broadcast !== undefined) {
      this.broadcast.send(local);
      this.host.publish();
    }
    local.drainInto(this.confirmed);
  }

  private propagate(): void {
    const { confirmed, tracker } = this;
    confirmed.compact();
    for (let i = 0; i < confirmed.length; i++) {
      const location = confirmed.locations[i] as number;
      const time = confirmed.times[i] as T;
      const diff = confirmed.diffs[i] as number;
      const port = this.ports[location] as Port;
      if (port.node !== 0) tracker.update(location, time, diff);
      else this.reportBoundary(port, time, diff);
    }
    confirmed.clear();
    tracker.propagate();
    this.notifyOperators();
    this.reportHeld();
  }

  /** Records that entered this scope were consumed in the parent; records that left it were produced there. */
  private reportBoundary(port: Port, time: T, diff: number): void {
    const { parent } = this;
    if (parent === undefined) return;
    const node = parent.nodes[this.parentNode] as Node<SOuter>;
    const outer = this.refinement.leave(time);
    if (port.kind === "source") {
      parent.confirmed.update(node.targets[port.index] as number, outer, -diff);
    } else {
      const source = node.sources[port.index] as number;
      for (const target of parent.edges[source] as number[]) {
        parent.confirmed.update(target, outer, diff * (parent.copies[target] as number));
      }
    }
  }

  private notifyOperators(): void {
    const { moved } = this.tracker;
    if (moved.isEmpty()) return;
    for (let i = 0; i < moved.length; i++) {
      const port = this.ports[moved.locations[i] as number] as Port;
      const child = this.children[port.node];
      if (child !== undefined) {
        child.arrivals.update(port.index, moved.times[i] as T, moved.diffs[i] as number);
        this.activate(port.node);
      } else if (this.notified[port.node]) {
        this.activate(port.node);
      }
    }
    moved.clear();
  }

  /** Reports what the inside of this scope can still cause at its outputs as capabilities of one operator of the parent. */
  private reportHeld(): void {
    const { exitChanges } = this.tracker;
    const { parent } = this;
    if (exitChanges.isEmpty()) return;
    if (parent === undefined) {
      exitChanges.clear();
      return;
    }
    const node = parent.nodes[this.parentNode] as Node<SOuter>;
    for (let i = 0; i < exitChanges.length; i++) {
      const port = this.ports[exitChanges.locations[i] as number] as Port;
      const outer = this.refinement.leave(exitChanges.times[i] as T);
      this.held.update(node.sources[port.index] as number, outer, exitChanges.diffs[i] as number);
    }
    exitChanges.clear();
    this.held.drainInto(parent.confirmed);
  }
}

/** The operators that are to run, in order of their numbers; within one pass nobody runs twice. */
class ReadyList {
  private readonly flags: boolean[] = [];
  // This pass's, descending so that the next one is at the end; and the next pass's, in any order.
  private readonly current: number[] = [];
  private readonly later: number[] = [];
  private cursor = -1;

  /** Adds an operator: to this pass if its turn is still to come, else to the next one. Returns whether it was not there yet. */
  add(node: number): boolean {
    if (this.flags[node]) return false;
    this.flags[node] = true;
    if (this.cursor >= 0 && node > this.cursor) this.insert(node);
    else this.later.push(node);
    return true;
  }

  isEmpty(): boolean {
    return this.current.length === 0 && this.later.length === 0;
  }

  begin(): void {
    for (const node of this.later) this.insert(node);
    this.later.length = 0;
    this.cursor = 0;
  }

  /** The next operator of this pass, or -1. */
  next(): number {
    const node = this.current.pop();
    if (node === undefined) return -1;
    this.flags[node] = false;
    this.cursor = node;
    return node;
  }

  end(): void {
    this.cursor = -1;
  }

  private insert(node: number): void {
    const { current } = this;
    let at = current.length;
    current.push(node);
    while (at > 0 && (current[at - 1] as number) < node) {
      current[at] = current[at - 1] as number;
      at -= 1;
    }
    current[at] = node;
  }
}
