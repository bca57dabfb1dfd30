// A worker: builds dataflows, and runs them in steps that never block. Every worker of a run builds the same ones.
// After timely dataflow's `Worker`; engine rules 7 to 9, 14 and 15.

import { inDevelopment, setDevelopment } from "../batch/index.ts";
import {
  Checkpointer,
  type CheckpointOptions,
  type PendingCheckpoint,
  type RestoredCheckpoint,
} from "../checkpoint/checkpointer.ts";
import { CheckpointError } from "../checkpoint/errors.ts";
import { checkpointNotes } from "../checkpoint/notes.ts";
import { ByteReader } from "../codec/index.ts";
import {
  ActivationBoard,
  type Fabric,
  type Message,
  type MessageSpace,
  Parking,
  type ParkingOptions,
} from "../communication/index.ts";
import { emptyFrame, type Frame, frameHeader, frameLength, readFrame, writeFrame } from "../dataflow/channels/frame.ts";
import type { Awaited, Borrower, DataflowParts, Watcher } from "../dataflow/context.ts";
import { GraphError, ProtocolError } from "../dataflow/errors.ts";
import { Scope } from "../dataflow/scope.ts";
import { LimmatError } from "../errors.ts";
import type { Arena } from "../memory/index.ts";
import { integers, type TimeDomain, unit } from "../order/index.ts";
import { Meter, type ProgressLine, type Refinement, Subgraph } from "../progress/index.ts";
import { Dataflow, type DataflowHost, type Holding, type ScopeState } from "./dataflow.ts";
import { type Pace, unbounded } from "./pace.ts";
import { Timers } from "./timers.ts";
import { printStuck, type StuckFrontier, Watchdog } from "./watchdog.ts";

/** How a worker runs. */
export interface WorkerOptions {
  /** Whether expensive checks are made, by everything in this thread. Default: unless NODE_ENV is "production". */
  readonly development?: boolean;
  /** The same on all workers of a run, and another one for the next run. Default 0. */
  readonly generation?: number;
  /** How it waits when it has nothing to do. */
  readonly parking?: ParkingOptions;
  /** Milliseconds, monotone. Default: `performance.now`. */
  readonly now?: () => number;
  /** In development: milliseconds after which a frontier that stands still for no reason is reported; 0 for never. Default 10,000. */
  readonly stuckAfter?: number;
  /** Who is told of it. Default: it is printed on the standard error. */
  readonly onStuck?: (stuck: StuckFrontier) => void;
  /** The worker's part of the memory that it shares with others; worker `i` is allocator `i % arena.allocators`. */
  readonly arena?: Arena;
  /** That checkpoints are taken, and what the run starts from: the same on all workers of a run. */
  // biome-ignore lint/suspicious/noExplicitAny: times of any domain
  readonly checkpoints?: CheckpointOptions<any>;
  /** Engine-internal: the simulator's. @internal */
  readonly pace?: Pace;
}

/** Milliseconds that `runAsync` keeps the event loop waiting. */
const longestTurn = 4;

/** A wait that can't end: the worker has nothing to do, nobody else can give it anything, and the condition still holds. */
export class StalledError extends LimmatError {
  constructor(message: string) {
    super("STALLED", message);
  }
}

/** A message for a dataflow that this worker has yet to build. */
interface Early {
  readonly dataflow: number;
  readonly deliver: (dataflow: Dataflow) => void;
}

/** Engine-internal: stands in place of a dataflow's number in a client's questions, and in answers to them. @internal */
export const noDataflow = 0xfffffffe;

/** One worker of a run. */
export class Worker {
  /** The number of this worker, from 0. */
  readonly index: number;
  /** The number of workers. */
  readonly peers: number;
  /** The worker's part of the memory that the workers of its process share, if the run was given any. */
  readonly arena: Arena | undefined;
  /** Engine-internal: what it answers when its client asks. @internal */
  answer: (() => Uint8Array) | undefined;
  /** Engine-internal: called at the end of every step. @internal */
  stepped: (() => void) | undefined;
  private readonly fabric: Fabric;
  private readonly pace: Pace;
  private readonly parking: Parking;
  private readonly host: DataflowHost;
  private readonly dataflows = new Map<number, Dataflow>();
  /** Ended here, but some of their progress still waits for room. */
  private ending: Dataflow[] = [];
  private early: Early[] = [];
  // Those that are to run, and those that run in this step: two arrays that change places and are never truncated.
  private ready: Dataflow[] = [];
  private readyCount = 0;
  private inTurn: Dataflow[] = [];
  private linesFull = false;
  /** Whether a progress message was taken by its line since it was last asked. */
  private offered = false;
  /** Whether nothing was sent since the links were last flushed whole. */
  private flushed = true;
  /** Inputs that were handed memory of a ring in this step; what they have not read by its end is copied (engine rule 7). */
  private readonly borrowers: Borrower[] = [];
  private meter: Meter | undefined;
  private measuring = 0;
  private watcher: Watcher | undefined;
  private borrowing = 0;
  private readonly timers = new Timers();
  private readonly board: ActivationBoard;
  private readonly now: () => number;
  /** What may come about without a message, and the dataflow it belongs to. */
  private readonly awaited = new Map<Awaited, Dataflow>();
  private readonly watchdog: Watchdog | undefined;
  /** Steps in which something ran, and how many there were at the watchdog's last look. */
  private steps = 0;
  private looked = -1;
  /** Whether it waits in `runAsync`, so that others on this thread must ring when they have something for it. */
  private asleep = false;
  /** The dataflow that is running, and whether it is to be dropped after its turn. */
  private running: Dataflow | undefined;
  private doomed = false;
  private nextDataflow = 0;
  private readonly frame = emptyFrame();
  private readonly checkpointer: Checkpointer | undefined;

  /** Engine-internal: see `execute`, `launch` and `solo`. @internal */
  constructor(fabric: Fabric, options: WorkerOptions = {}) {
    if (options.development !== undefined) setDevelopment(options.development);
    this.fabric = fabric;
    this.index = fabric.index;
    this.peers = fabric.workers;
    this.arena = options.arena;
    this.pace = options.pace ?? unbounded;
    this.parking = new Parking(fabric.doorbell, options.parking);
    this.board = new ActivationBoard(fabric.doorbell);
    this.now = options.now ?? (() => performance.now());
    const { stuckAfter = 10_000, onStuck = printStuck } = options;
    if (inDevelopment() && stuckAfter > 0) this.watchdog = new Watchdog(stuckAfter, this.now(), onStuck);
    const progressLines: ProgressLine[] = [];
    for (let peer = 0; peer < this.peers; peer++) if (peer !== this.index) progressLines.push(this.progressLine(peer));
    this.host = {
      index: this.index,
      peers: this.peers,
      client: fabric.endpoints > fabric.workers ? fabric.workers : -1,
      generation: options.generation ?? 0,
      development: inDevelopment(),
      progressLines,
      publish: () => {
        if (!this.flushed && this.pace.flushes()) this.flushed = fabric.flush();
      },
      operatorFuel: () => this.pace.operators(),
      batchFuel: () => this.pace.batches(),
      batchPiece: () => this.pace.piece(),
      begin: (endpoint: number, length: number): MessageSpace => {
        this.flushed = false;
        return fabric.sendData(endpoint).begin(length);
      },
      end: (endpoint) => fabric.sendData(endpoint).end(),
      now: this.now,
      at: (at, act) => this.timers.set(at, act),
      addActivator: (act) => this.board.add(act),
      isWithin: (bytes) => this.isWithin(bytes),
      arena: this.arena,
      await: (dataflow, awaited) => this.awaited.set(awaited, dataflow),
      lent: (borrower) => {
        if (this.borrowing > 0 && this.borrowers[this.borrowing - 1] === borrower) return;
        this.borrowers[this.borrowing] = borrower;
        this.borrowing += 1;
      },
      wake: (dataflow) => this.schedule(dataflow),
    };
    if (options.checkpoints !== undefined) this.checkpointer = this.checkpointing(options.checkpoints);
  }

  private checkpointing(options: CheckpointOptions<unknown>): Checkpointer {
    const { index, peers, client, generation } = this.host;
    const frame = { ...emptyFrame(), stamp: generation, dataflow: checkpointNotes, sender: index };
    return new Checkpointer(options, {
      index,
      peers,
      client,
      generation,
      dataflows: () => this.nextDataflow,
      send: (endpoint, note) => {
        frame.payloadBytes = note.length;
        const space = this.host.begin(endpoint, frameLength(0, note.length));
        writeFrame(frame, space.bytes, space.offset);
        space.bytes.set(note, space.offset + frameHeader);
        this.host.end(endpoint);
      },
    });
  }

  /** Builds a dataflow of integer times and readies it to run. Returns what `build` returns. */
  dataflow<R>(build: (scope: Scope<number>) => R): R;
  /** Builds a dataflow of another domain's times. */
  dataflow<T, R>(domain: TimeDomain<T>, build: (scope: Scope<T>) => R): R;
  dataflow<R>(first: TimeDomain<unknown> | ((scope: Scope<number>) => R), second?: (scope: Scope<unknown>) => R): R {
    const domain = typeof first === "function" ? (integers as TimeDomain<unknown>) : first;
    const build = (typeof first === "function" ? first : second) as (scope: Scope<unknown>) => R;
    const id = this.nextDataflow++;
    const name = build.name || `dataflow-${id}`;
    const { checkpointer } = this;
    const states = checkpointer?.domain.name === domain.name ? checkpointer.enlist(id, name) : undefined;
    const dataflow = new Dataflow(name, id, this.host, states);
    const refinement: Refinement<null, null, unknown, unknown> = {
      domain,
      enter: () => domain.minimum,
      leave: () => null,
      summarize: () => null,
    };
    const root = new Subgraph(dataflow.name, dataflow, refinement, unit, undefined);
    dataflow.addScope(root);
    const result = build(new Scope(dataflow, root, undefined));
    root.summarize();
    dataflow.start();
    this.dataflows.set(id, dataflow);
    dataflow.meter = this.meter;
    this.watcher?.attach(dataflow);
    this.schedule(dataflow);
    const due = this.early.filter((message) => message.dataflow === id);
    this.early = this.early.filter((message) => message.dataflow !== id);
    for (const message of due) message.deliver(dataflow);
    return result;
  }

  /**
   * Receives what other workers sent, runs what has something to do, and sends what came of it. Never blocks. Returns whether dataflows
   * remain.
   */
  step(): boolean {
    this.receive();
    if (this.timers.next <= Number.MAX_VALUE) this.timers.fire(this.now());
    if (this.board.isRaised) this.board.take();
    const { ready, readyCount } = this;
    this.ready = this.inTurn;
    this.inTurn = ready;
    this.readyCount = 0;
    for (let i = 0; i < readyCount; i++) {
      const dataflow = ready[i] as Dataflow;
      ready[i] = undefined as unknown as Dataflow;
      dataflow.scheduled = false;
      if (!this.dataflows.has(dataflow.id)) continue;
      const more = this.turn(dataflow);
      if (this.doomed) this.discard(dataflow);
      else if (more) this.schedule(dataflow);
      else if (!dataflow.isActive()) this.finish(dataflow);
    }
    if (this.awaited.size > 0) for (const each of this.awaited.keys()) if (!each.tell()) this.awaited.delete(each);
    this.checkpointer?.advance();
    // Also when nothing is sent: whoever waits for the memory may be the one that this worker waits for.
    for (let i = 0; i < this.borrowing; i++) (this.borrowers[i] as Borrower).returnBorrowed();
    this.borrowing = 0;
    if (this.watcher !== undefined) this.watcher.poll();
    if (this.stepped !== undefined) this.stepped();
    // A worker that never sleeps looks now and then; others look before they do.
    if (readyCount > 0 && (++this.steps & 0x3ff) === 0) this.lookForStuck();
    if ((this.linesFull || !this.flushed) && this.pace.flushes()) this.sendOff();
    return this.dataflows.size > 0;
  }

  /**
   * Asks for a checkpoint at `time`: the state of every dataflow built so far that reflects all records at that time and before, and no
   * others. Every worker's program asks for the same ones in the same order, each before it advances an input beyond the time; times
   * ascend. Step on until it is durable, or go on: nothing waits for it. `metadata` is plain data that a restored run finds.
   *
   * @throws CheckpointError when that can't be, above all when it is asked for too late.
   */
  checkpoint<T>(time: T, metadata?: unknown): PendingCheckpoint {
    if (this.checkpointer === undefined) {
      throw new CheckpointError("this run has no store: start it with checkpoints: { store }");
    }
    const pending = this.checkpointer.ask(time, metadata);
    this.sendOff();
    return pending;
  }

  /** The checkpoint that the run started from, if it did. */
  get restored(): RestoredCheckpoint<unknown> | undefined {
    return this.checkpointer?.restored;
  }

  /**
   * The time of the last checkpoint that this worker knows to be durable, that the run started from included; undefined when there is none
   * yet. What is at or before it needs to be sent no more.
   */
  get checkpointed(): unknown {
    return this.checkpointer?.durableTime;
  }

  /** Whether the next step has something to do. */
  get isBusy(): boolean {
    if (this.checkpointer?.hasNews === true) return true;
    if (this.readyCount > 0 || this.board.isRaised || this.fabric.pending(this.readsClients())) return true;
    if (this.timers.next <= Number.MAX_VALUE && this.timers.next <= this.now()) return true;
    for (const each of this.awaited.keys()) if (each.isReady()) return true;
    return false;
  }

  /** The moment on the worker's clock at which it has something to do although nothing comes; Infinity when there is none. */
  get nextTimer(): number {
    return this.timers.next;
  }

  /** Whether dataflows remain. */
  get hasDataflows(): boolean {
    return this.dataflows.size > 0;
  }

  /** Whether everything sent has left this worker. */
  get isFlushed(): boolean {
    return this.flushed && !this.linesFull && this.ending.length === 0;
  }

  /** Steps, and parks when there is nothing to do until something comes or `timeout` milliseconds passed. Blocks the thread. */
  stepOrPark(timeout = Number.POSITIVE_INFINITY): boolean {
    if (!this.isBusy) {
      this.parking.block(() => this.isBusy, Math.min(timeout, this.park()));
      this.watcher?.unpark();
    }
    return this.step();
  }

  /** Steps while `condition` holds, most often a probe's. Throws `StalledError` when it can never cease to. Blocks the thread. */
  stepWhile(condition: () => boolean): void {
    while (condition()) {
      if (this.isBusy) this.step();
      else if (this.isStalled(this.fabric.doorbell.shared)) throw this.stalled();
      else this.stepOrPark();
    }
  }

  /** Steps until every dataflow has ended and everything sent has left. Blocks the thread. */
  run(): void {
    this.stepWhile(() => this.dataflows.size > 0 && !this.onlyReaders());
    this.watcher?.close();
    this.stepWhile(() => this.dataflows.size > 0);
    this.leave();
    while (!this.isFlushed || this.checkpointer?.waits === true) this.stepOrPark(1);
    this.closeCheckpoints();
  }

  private closeCheckpoints(): void {
    if (this.checkpointer === undefined) return;
    this.checkpointer.close();
    this.sendOff();
  }

  /** Engine-internal: whether the run takes checkpoints. @internal */
  get takesCheckpoints(): boolean {
    return this.checkpointer !== undefined;
  }

  /** Engine-internal: says that no more dataflows are to come. @internal */
  leave(): void {
    if (this.checkpointer === undefined) return;
    this.checkpointer.advance();
    this.checkpointer.leave();
    this.sendOff();
  }

  /**
   * Does what `run` does without blocking: for a worker that shares its thread with an event loop. Gives others their turn after every
   * step, and the event loop its own every few milliseconds.
   */
  async runAsync(): Promise<void> {
    let turn = performance.now();
    let left = false;
    while (this.hasDataflows || !this.isFlushed || !left || this.checkpointer?.waits === true) {
      if (this.onlyReaders()) this.watcher?.close();
      if (!this.hasDataflows && !left) {
        left = true;
        this.leave();
      } else if (!this.isBusy) {
        if (this.isStalled(true)) throw this.stalled();
        this.asleep = true;
        const ended = left; // then the others are waited for
        const until = () => this.isBusy || (!ended && !this.hasDataflows);
        await this.parking.wait(until, ended ? 1 : this.park());
        this.asleep = false;
        this.watcher?.unpark();
        turn = performance.now();
      } else if (performance.now() - turn > longestTurn) {
        await new Promise<void>((resolve) => setTimeout(resolve, 0));
        turn = performance.now();
      } else {
        await undefined;
      }
      this.step();
    }
    this.closeCheckpoints();
  }

  /** The dataflows that this worker has built and that have not ended here, in order of building. */
  installed(): {
    /** What `drop` takes; the same on every worker. */
    readonly number: number;
    /** The name of the dataflow. */
    readonly name: string;
  }[] {
    return [...this.dataflows.values()].map(({ id, name }) => ({ number: id, name }));
  }

  /**
   * Ends a dataflow here before its time: its operators run no more, what waits for them is discarded, and whoever uses one of its
   * capabilities, inputs or probes is thrown a `DroppedError`. Every worker drops it for itself; until it does, its frontiers stand
   * still there, since what this worker had still to do is never done. Dropping what has ended is harmless. Returns what was held.
   *
   * @param number - the dataflow's: `scope.dataflow` where it was built, or from `installed`.
   */
  drop(number: number): Holding[] {
    const dataflow = this.dataflows.get(number);
    if (dataflow === undefined) {
      if (Number.isInteger(number) && number >= 0 && number < this.nextDataflow) return [];
      throw new GraphError(`there is no dataflow ${number} on worker ${this.index} to drop: see installed()`);
    }
    const held = [...dataflow.held()];
    // An operator of the dataflow itself may have asked: it ends its turn first.
    if (dataflow === this.running) this.doomed = true;
    else this.discard(dataflow);
    return held;
  }

  /** Drops every dataflow at once: `run` and `runAsync` then return. For the end of a run that has failed. */
  stop(): void {
    this.checkpointer?.abandon();
    for (const dataflow of this.dataflows.values()) dataflow.retire();
    this.dataflows.clear();
    this.awaited.clear();
    this.ending = [];
    this.linesFull = false;
    this.flushed = true;
    this.fabric.doorbell.ring();
  }

  /** What operators on this worker hold: why a frontier stands still. */
  held(): {
    /** The name of the dataflow. */
    readonly dataflow: string;
    /** The name of the operator. */
    readonly operator: string;
    /** The time of the capability. */
    readonly time: unknown;
    /** Why it is held, if `capability.named` said so. */
    readonly reason?: string;
  }[] {
    return [...this.dataflows.values()].flatMap((dataflow) =>
      [...dataflow.held()].map((holding) => ({ dataflow: dataflow.name, ...holding })),
    );
  }

  /**
   * Engine-internal: has every dataflow's operators counted and timed until as many calls of `endMeasure`; answers the meter. @internal
   */
  measure(): Meter {
    this.measuring += 1;
    const meter = this.meter ?? new Meter(this.host.now);
    this.setMeter(meter);
    return meter;
  }

  /** Engine-internal: whether operators are counted and timed. @internal */
  get isMeasured(): boolean {
    return this.meter !== undefined;
  }

  /** Engine-internal: see `measure`. @internal */
  endMeasure(): void {
    this.measuring -= 1;
    if (this.measuring === 0) this.setMeter(undefined);
  }

  private setMeter(meter: Meter | undefined): void {
    this.meter = meter;
    for (const dataflow of this.dataflows.values()) dataflow.meter = meter;
  }

  /** Engine-internal: whether a watcher is told of all dataflows. @internal */
  get isWatched(): boolean {
    return this.watcher !== undefined;
  }

  /** Engine-internal: has a watcher told of all dataflows, or nobody any more. @internal */
  watch(watcher: Watcher | undefined): void {
    this.watcher = watcher;
    if (watcher !== undefined) for (const dataflow of this.dataflows.values()) watcher.attach(dataflow);
  }

  /** Engine-internal: the dataflows, as reports see them, and the clock. @internal */
  parts(): { readonly dataflows: readonly DataflowParts[]; readonly now: () => number } {
    return { dataflows: [...this.dataflows.values()], now: this.host.now };
  }

  /** Engine-internal: the state that coverage and introspection look at. @internal */
  inspect(): {
    readonly progressHeldBack: boolean;
    readonly earlyMessages: number;
    readonly scopes: Iterable<ScopeState>;
  } {
    return {
      progressHeldBack: this.linesFull || this.ending.length > 0,
      earlyMessages: this.early.length,
      scopes: [...this.dataflows.values()].flatMap((dataflow) => [...dataflow.inspect()]),
    };
  }

  private stalled(): StalledError {
    const holders = this.held().map(
      ({ dataflow, operator, time, reason }) =>
        `${operator} of ${dataflow} holds ${JSON.stringify(time)}${reason === undefined ? "" : ` (${reason})`}`,
    );
    for (const dataflow of this.dataflows.values()) {
      if (dataflow.isForsaken) holders.unshift(`dataflow ${dataflow.name} was dropped on every other worker`);
    }
    const why = holders.length === 0 ? "no dataflow holds a capability" : holders.slice(0, 8).join("; ");
    return new StalledError(`nothing is left to do, but what is waited for has not come: ${why}`);
  }

  /** Whether nothing remains but dataflows that read what the others log. */
  private onlyReaders(): boolean {
    return this.watcher !== undefined && this.dataflows.size === this.watcher.readers;
  }

  /** Whether nothing can ever come, as nobody else can send anything for what runs here; `sleeps` says whether timers can be awaited. */
  private isStalled(sleeps: boolean): boolean {
    if (sleeps && (this.timers.next <= Number.MAX_VALUE || this.board.isOpen)) return false;
    if (this.fabric.endpoints === 1) return true;
    if (this.fabric.endpoints > this.peers || this.dataflows.size === 0 || !this.isFlushed) return false;
    for (const dataflow of this.dataflows.values()) if (!dataflow.isForsaken) return false;
    return true;
  }

  /** Readies the worker to wait; answers in how many milliseconds it has to stop at the latest. */
  private park(): number {
    const due = Math.min(this.watcher?.park() ?? Number.POSITIVE_INFINITY, this.lookForStuck());
    return this.timers.next <= Number.MAX_VALUE ? Math.min(due, this.timers.next - this.now()) : due;
  }

  /** Looks for stuck frontiers when it is time; answers in how many milliseconds it is to do so again at the latest. */
  private lookForStuck(): number {
    const { watchdog } = this;
    if (watchdog === undefined) return Number.POSITIVE_INFINITY;
    const now = this.now();
    if (now >= watchdog.due) {
      // A source that waits for credit stands still for a reason.
      const waiting = new Set<unknown>(this.awaited.values());
      watchdog.look(now, this.dataflows.values(), (dataflow) => waiting.has(dataflow));
      this.looked = this.steps;
      return 0; // who was told may have changed what there is to wait for
    }
    return watchdog.isWary || this.looked !== this.steps ? Math.max(0, watchdog.due - now) : Number.POSITIVE_INFINITY;
  }

  private isWithin(bytes: number): boolean {
    const { fabric } = this;
    let within = true;
    for (let peer = 0; peer < fabric.endpoints; peer++) {
      if (peer !== this.index && !fabric.sendData(peer).isWithin(bytes)) within = false;
    }
    return within;
  }

  /** Whether clients are listened to: they are sources, which have to wait while messages wait beside a full ring (engine rule 7). */
  private readsClients(): boolean {
    const { fabric } = this;
    if (fabric.endpoints === fabric.workers) return true;
    for (let peer = 0; peer < fabric.endpoints; peer++) {
      if (peer !== this.index && fabric.sendData(peer).overflowBytes > 0) return false;
    }
    return true;
  }

  private schedule(dataflow: Dataflow): void {
    if (dataflow.scheduled) return;
    dataflow.scheduled = true;
    this.ready[this.readyCount] = dataflow;
    this.readyCount += 1;
    if (this.asleep) this.fabric.doorbell.ring();
  }

  private turn(dataflow: Dataflow): boolean {
    this.running = dataflow;
    try {
      return dataflow.schedule();
    } finally {
      this.running = undefined;
    }
  }

  private discard(dataflow: Dataflow): void {
    this.doomed = false;
    this.checkpointer?.dropped(dataflow.id);
    dataflow.drop();
    this.finish(dataflow);
  }

  private finish(dataflow: Dataflow): void {
    this.dataflows.delete(dataflow.id);
    this.watcher?.detach(dataflow);
    this.checkpointer?.ended(dataflow.id);
    dataflow.retire();
    for (const [awaited, of] of this.awaited) if (of === dataflow) this.awaited.delete(awaited);
    if (!dataflow.flushProgress()) this.ending.push(dataflow);
  }

  private progressLine(peer: number): ProgressLine {
    const sender = this.fabric.sendProgress(peer);
    return {
      offer: (message) => {
        if (sender.overflowBytes > 0) {
          this.linesFull = true;
          return false;
        }
        this.flushed = false;
        this.offered = true;
        const space = sender.begin(message.length);
        space.bytes.set(message, space.offset);
        sender.end();
        return true;
      },
    };
  }

  /**
   * Publishes what was sent, and progress that was held back as long as lines take it: what is left afterwards waits behind a full
   * ring, whose reader rings when there is room.
   */
  private sendOff(): void {
    do {
      this.flushed = this.fabric.flush();
      this.offered = false;
      if (this.linesFull) this.flushProgress();
    } while (this.offered);
  }

  private flushProgress(): void {
    this.linesFull = false;
    for (const dataflow of this.dataflows.values()) dataflow.flushProgress();
    this.ending = this.ending.filter((dataflow) => !dataflow.flushProgress());
  }

  private receive(): void {
    const { fabric, pace } = this;
    for (let peer = 0; peer < fabric.endpoints; peer++) {
      if (peer === this.index) continue;
      const data = fabric.receiveData(peer);
      for (let fuel = pace.messages(); fuel > 0; fuel--) {
        if (peer >= this.peers && !this.readsClients()) break;
        const message = data.receive();
        if (message === undefined) break;
        this.receiveData(message);
      }
      if (peer >= this.peers) continue;
      const progress = fabric.receiveProgress(peer);
      for (let fuel = pace.messages(); fuel > 0; fuel--) {
        const message = progress.receive();
        if (message === undefined) break;
        this.receiveProgress(peer, message);
      }
    }
  }

  private receiveData(message: Message): void {
    const { frame } = this;
    readFrame(frame, message.bytes, message.offset, message.length);
    const dataflow = this.dataflows.get(frame.dataflow);
    if (dataflow !== undefined) dataflow.receiveData(frame, message);
    else if (frame.dataflow === checkpointNotes) this.receiveNote(message);
    else if (frame.dataflow === noDataflow) {
      message.release();
      this.reply(frame);
    } else if (frame.dataflow >= this.nextDataflow) {
      message.detach();
      const kept = { ...frame };
      this.early.push({ dataflow: frame.dataflow, deliver: (built) => built.receiveData(kept, message) });
    } else message.release();
  }

  private receiveNote(message: Message): void {
    const { stamp, sender, payloadBytes } = this.frame;
    if (stamp !== this.host.generation) throw new ProtocolError(`worker ${sender} belongs to another run`);
    const start = message.offset + frameHeader;
    const note = message.bytes.slice(start, start + payloadBytes);
    message.release();
    if (this.checkpointer === undefined) {
      throw new CheckpointError(
        `endpoint ${sender} asks for a checkpoint, and worker ${this.index} has no store: give all workers the same checkpoints option`,
      );
    }
    this.checkpointer.receive(sender, note);
  }

  private reply({ sender, channel }: Readonly<Frame>): void {
    const payload = this.answer?.();
    if (payload === undefined || sender < this.peers || sender >= this.fabric.endpoints) return;
    const frame = { ...emptyFrame(), dataflow: noDataflow, channel, sender: this.index, payloadBytes: payload.length };
    frame.stamp = this.host.generation;
    const space = this.host.begin(sender, frameLength(0, payload.length));
    writeFrame(frame, space.bytes, space.offset);
    space.bytes.set(payload, space.offset + frameHeader);
    this.host.end(sender);
  }

  private receiveProgress(sender: number, message: Message): void {
    const reader = new ByteReader(message.bytes, message.offset, message.offset + message.length);
    const stamp = reader.u32();
    const id = reader.varint();
    const dataflow = this.dataflows.get(id);
    if (dataflow !== undefined) dataflow.receiveProgress(stamp, sender, reader);
    else if (id >= this.nextDataflow) {
      const kept = new ByteReader(reader.raw(message.offset + message.length - reader.position).slice());
      this.early.push({ dataflow: id, deliver: (built) => built.receiveProgress(stamp, sender, kept) });
    }
    message.release();
  }
}
