// One dataflow on one worker: its scopes, its channels, and their lines to the other workers.

import type { DataflowCuts } from "../checkpoint/dataflow-cuts.ts";
import { type ByteReader, ByteWriter } from "../codec/index.ts";
import type { Message, MessageSpace, SyncActivator } from "../communication/index.ts";
import type { Frame } from "../dataflow/channels/frame.ts";
import type {
  Awaited,
  Borrower,
  ChannelEnd,
  DataflowContext,
  DataflowParts,
  MessageLog,
  OperatorParts,
  Replica,
} from "../dataflow/context.ts";
import { ProtocolError } from "../dataflow/errors.ts";
import { hashString } from "../hash/index.ts";
import type { Arena } from "../memory/index.ts";
import {
  Broadcast,
  ChangeBatch,
  type Meter,
  type ProgressLine,
  type ProgressLog,
  type Subgraph,
} from "../progress/index.ts";

/** What a dataflow needs of its worker. */
export interface DataflowHost {
  readonly index: number;
  readonly peers: number;
  readonly client: number;
  readonly generation: number;
  readonly development: boolean;
  /** One line to every other worker. */
  readonly progressLines: readonly ProgressLine[];
  publish(): void;
  operatorFuel(): number;
  batchFuel(): number;
  batchPiece(): number;
  begin(endpoint: number, length: number): MessageSpace;
  end(endpoint: number): void;
  now(): number;
  lent(borrower: Borrower): void;
  at(at: number, act: () => void): void;
  /** Hands out a flag that has `act` done; also returns what takes it back. */
  addActivator(act: () => void): { readonly activator: SyncActivator; readonly close: () => void };
  isWithin(bytes: number): boolean;
  readonly arena: Arena | undefined;
  await(dataflow: Dataflow, awaited: Awaited): void;
  /** Puts the dataflow on the list of those to run. */
  wake(dataflow: Dataflow): void;
}

/** The counts that a scope's tracker keeps. */
export interface ScopeState {
  readonly name: string;
  /** 0 for the outermost scope of a dataflow. */
  readonly depth: number;
  readonly counts: Iterable<{ readonly location: number; readonly time: unknown; readonly count: number }>;
}

/** What an operator holds. */
export interface Holding {
  /** The name of the operator. */
  readonly operator: string;
  /** The time of the capability. */
  readonly time: unknown;
  /** Why it is held, if `capability.named` said so. */
  readonly reason?: string;
}

/** A dataflow as its worker runs it. */
export class Dataflow implements DataflowContext, DataflowParts {
  readonly name: string;
  readonly id: number;
  readonly index: number;
  readonly peers: number;
  readonly client: number;
  readonly development: boolean;
  readonly arena: Arena | undefined;
  /** Its part in checkpoints, if it has one. */
  readonly states: DataflowCuts | undefined;
  /** Whether it is on the worker's list of those to run. */
  scheduled = false;
  private readonly host: DataflowHost;
  readonly channels: ChannelEnd[] = [];
  readonly scopes: Replica[] = [];
  readonly operators: OperatorParts[] = [];
  meter: Meter | undefined;
  messageLog: MessageLog | undefined;
  progressLog: ProgressLog | undefined;
  private readonly broadcasts: Broadcast<unknown>[] = [];
  private readonly sequences: Uint32Array[] = [];
  private graph: number;
  private built = false;
  private readonly onEnd: (() => void)[] = [];
  /** What is still to be told that this worker dropped the dataflow. */
  private untold: ProgressLine[] = [];
  private readonly droppedBy = new Set<number>();

  constructor(name: string, id: number, host: DataflowHost, states?: DataflowCuts) {
    this.name = name;
    this.id = id;
    this.host = host;
    this.index = host.index;
    this.peers = host.peers;
    this.client = host.client;
    this.development = host.development;
    this.arena = host.arena;
    this.states = states;
    this.graph = hashString(`${host.generation}/${id}/${name}`);
  }

  // ---- building ----

  addScope(scope: Replica): void {
    const number = this.scopes.length;
    this.scopes.push(scope);
    this.describe(`scope ${scope.name} ${scope.domain.name}`);
    if (this.peers === 1) return;
    const broadcast = new Broadcast<unknown>(scope.domain, this.host.progressLines, (to) => {
      to.u32(this.stamp);
      to.varint(this.id);
      to.varint(number);
    });
    this.broadcasts.push(broadcast);
    scope.attach(broadcast);
  }

  addChannel(end: ChannelEnd): number {
    this.channels.push(end);
    this.sequences.push(new Uint32Array(this.peers + 1));
    return this.channels.length - 1;
  }

  addOperator(operator: OperatorParts): void {
    this.operators.push(operator);
  }

  describe(part: string): void {
    if (this.built) throw new ProtocolError(`dataflow ${this.name} runs already: ${part} can't be added to it`);
    this.graph = hashString(`${this.graph} ${part}`);
  }

  /** Ends the building: from here on the dataflow can run. */
  start(): void {
    // Workers that started from different checkpoints find out at their first messages.
    if (this.states !== undefined) this.describe(`from checkpoint ${this.states.startedFrom}`);
    this.built = true;
    this.states?.start(this);
    const root = this.root;
    root.settle();
    root.start();
  }

  // ---- running ----

  get root(): Subgraph<unknown, unknown, unknown, unknown> {
    return this.scopes[0] as Subgraph<unknown, unknown, unknown, unknown>;
  }

  get stamp(): number {
    return this.graph;
  }

  wake(): void {
    this.host.wake(this);
  }

  publish(): void {
    this.host.publish();
  }

  operatorFuel(): number {
    return this.host.operatorFuel();
  }

  batchFuel(): number {
    return this.host.batchFuel();
  }

  batchPiece(): number {
    return this.host.batchPiece();
  }

  begin(endpoint: number, length: number): MessageSpace {
    return this.host.begin(endpoint, length);
  }

  end(endpoint: number): void {
    this.host.end(endpoint);
  }

  now(): number {
    return this.host.now();
  }

  lent(borrower: Borrower): void {
    this.host.lent(borrower);
  }

  at(at: number, act: () => void): void {
    this.host.at(at, act);
  }

  syncActivator(act: () => void): SyncActivator {
    const { activator, close } = this.host.addActivator(act);
    this.onEnd.push(close);
    return activator;
  }

  isWithin(bytes: number): boolean {
    return this.host.isWithin(bytes);
  }

  await(awaited: Awaited): void {
    this.host.await(this, awaited);
  }

  /** Runs the dataflow once; returns whether it has more to do. */
  schedule(): boolean {
    return this.root.schedule();
  }

  /** Whether anything may still happen in it. */
  isActive(): boolean {
    return this.root.isActive();
  }

  /** Whether `test` holds for the outermost time of every time that may still arrive anywhere in it, on any worker. */
  everyTime(test: (time: unknown) => boolean): boolean {
    for (const scope of this.scopes) if (!scope.everyTime(test)) return false;
    return true;
  }

  /** Whether every other worker has dropped it, so that nothing can come for it any more. */
  get isForsaken(): boolean {
    return this.peers > 1 && this.droppedBy.size === this.peers - 1;
  }

  /** Takes back what the worker keeps for it: it has ended here. */
  retire(): void {
    for (const each of this.onEnd) each();
    this.onEnd.length = 0;
  }

  /** Ends it here in mid-run: gives up what waits to be read or to be sent, and has the other workers told. */
  drop(): void {
    for (const { outputs } of this.operators) for (const output of outputs) output.discard();
    for (const channel of this.channels) channel.discard();
    this.untold = [...this.host.progressLines];
  }

  /** Hands a data message to its channel. */
  receiveData(frame: Readonly<Frame>, message: Message): void {
    this.checkStamp(frame.stamp, frame.sender);
    const channel = this.channels[frame.channel];
    const sequence = this.sequences[frame.channel];
    if (channel === undefined || sequence === undefined) {
      throw new ProtocolError(`dataflow ${this.name} has no channel ${frame.channel}`);
    }
    const expected = sequence[frame.sender] as number;
    if (frame.sequence !== expected) {
      throw new ProtocolError(
        `channel ${frame.channel} of dataflow ${this.name} got message ${frame.sequence} of worker ${frame.sender} in place of ${expected}`,
      );
    }
    sequence[frame.sender] = expected + 1;
    channel.receive(frame, message);
  }

  /** Applies a progress message, from after the number of the dataflow. */
  receiveProgress(stamp: number, sender: number, from: ByteReader): void {
    this.checkStamp(stamp, sender);
    const number = from.varint();
    if (number === this.scopes.length) {
      this.droppedBy.add(sender);
      return;
    }
    const scope = this.scopes[number];
    if (scope === undefined) throw new ProtocolError(`dataflow ${this.name} has no scope ${number}`);
    const broadcast = this.broadcasts[number] as Broadcast<unknown>;
    const { progressLog } = this;
    if (!progressLog?.full) {
      const count = broadcast.receive(from, scope.confirmed);
      progressLog?.progressCounted(scope, count);
    } else {
      const changes = new ChangeBatch<unknown>(scope.domain);
      broadcast.receive(from, changes);
      progressLog.progressReceived(scope, sender, changes);
      changes.drainInto(scope.confirmed);
    }
    scope.wake();
  }

  /** Offers progress that waits for room again; returns whether none waits any more. */
  flushProgress(): boolean {
    let clear = true;
    for (const broadcast of this.broadcasts) if (!broadcast.flush()) clear = false;
    // Behind all that this worker did before.
    if (clear && this.untold.length > 0) this.tellDropped();
    return clear && this.untold.length === 0;
  }

  /** Says that this worker dropped the dataflow: a progress message for the scope after the last one. */
  private tellDropped(): void {
    const to = new ByteWriter(16);
    to.u32(this.stamp);
    to.varint(this.id);
    to.varint(this.scopes.length);
    const message = to.finish();
    this.untold = this.untold.filter((line) => !line.offer(message));
  }

  /** What operators of this worker hold, for reports. */
  *held(): IterableIterator<Holding> {
    for (const { place, outputs } of this.operators) {
      for (const { held } of outputs) {
        for (const { time, reason } of held) {
          yield { operator: place.operator, time, ...(reason === undefined ? {} : { reason }) };
        }
      }
    }
  }

  /** The state of every scope. */
  *inspect(): IterableIterator<ScopeState> {
    for (const scope of this.scopes) yield { name: scope.name, depth: scope.depth, counts: scope.tracker.counts() };
  }

  private checkStamp(stamp: number, sender: number): void {
    // A client builds no graph: it only knows the run.
    if (stamp === (sender === this.client ? this.host.generation : this.stamp)) return;
    throw new ProtocolError(
      `worker ${sender} built another dataflow ${this.name} (number ${this.id}) than worker ${this.index}, or belongs to another run: ` +
        `every worker must build the same dataflows in the same order`,
    );
  }
}
