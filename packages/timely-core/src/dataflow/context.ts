// What a dataflow's parts need from the worker that runs them. An interface, so that knowledge runs one way: the worker knows operators,
// operators only know this.

import type { StateRegistry } from "../checkpoint/registry.ts";
import type { Message, MessageSpace, SyncActivator } from "../communication/index.ts";
import type { Arena } from "../memory/index.ts";
import type { Meter, ProgressLog, Subgraph, SubgraphHost } from "../progress/index.ts";
import type { Frame } from "./channels/frame.ts";
import type { Traffic } from "./channels/traffic.ts";
import type { Place } from "./errors.ts";

/** The end of a channel that messages from other endpoints arrive at. */
export interface ChannelEnd {
  /** Takes over a message; releases it when nothing needs its memory any more. */
  receive(frame: Readonly<Frame>, message: Message): void;
  /** What it counts. */
  readonly traffic: Traffic;
  /** Gives up what waits to be read: the dataflow was dropped. */
  discard(): void;
}

/** A scope that keeps in step with its replicas on the other workers. */
// biome-ignore lint/suspicious/noExplicitAny: scopes of all times are registered alike
export type Replica = Subgraph<any, any, any, any>;

/** An operator's port, as reports see it. */
export interface PortParts {
  /** Its location in its scope. */
  readonly location: number;
  /** Records that the operator has read or sent here. */
  readonly records: number;
  /** Batches of them. */
  readonly batches: number;
}

/** An input, as reports see it. */
export interface InputParts extends PortParts {
  /** What has arrived and was not read yet. O(batches). */
  waiting(): { readonly batches: number; readonly records: number };
}

/** An output, as reports see it. */
export interface OutputParts extends PortParts {
  readonly held: ReadonlySet<{ readonly time: unknown; readonly reason: string | undefined }>;
  /** Revokes what is held and gives up what is buffered: the dataflow was dropped. */
  discard(): void;
}

/** One operator on one worker, as reports see it. */
export interface OperatorParts {
  readonly place: Place;
  readonly scope: Replica;
  /** Its number in the scope. */
  readonly node: number;
  readonly inputs: readonly InputParts[];
  readonly outputs: readonly OutputParts[];
  /** Whether it is to run again for a timer, or may by another thread. */
  isWaiting(): boolean;
}

/** One dataflow on one worker, as reports see it. */
export interface DataflowParts {
  readonly name: string;
  readonly id: number;
  /** The outermost first. */
  readonly scopes: readonly Replica[];
  readonly operators: readonly OperatorParts[];
  readonly channels: readonly ChannelEnd[];
  /** Counts and times what runs. */
  meter: Meter | undefined;
  /** Is told of messages. */
  messageLog: MessageLog | undefined;
  /** Is told of progress. */
  progressLog: ProgressLog | undefined;
}

/** Who is told of a worker's dataflows and what it does with them: a log. */
export interface Watcher {
  /** Dataflows of this worker that read what is told, and are not watched themselves. */
  readonly readers: number;
  /** A dataflow was built. */
  attach(dataflow: DataflowParts): void;
  /** A dataflow has ended. */
  detach(dataflow: DataflowParts): void;
  /** A step has ended. */
  poll(): void;
  /** The worker waits; answers in how many milliseconds it is to stop at the latest. */
  park(): number;
  /** The worker waited. */
  unpark(): void;
  /** Every watched dataflow has ended. Closing twice is harmless. */
  close(): void;
}

/** What a dataflow tells of its messages as they go, where somebody listens. */
export interface MessageLog {
  /** Records went to a worker, this one included, for which `bytes` is 0. */
  sent(traffic: Traffic, peer: number, records: number, bytes: number): void;
  /** Records came from a worker. */
  received(traffic: Traffic, peer: number, records: number, bytes: number): void;
}

/** An input that holds memory of a ring. */
export interface Borrower {
  /** Gives it back. */
  returnBorrowed(): void;
}

/** Something that a program or an operator waits for, and that may come about without any message. */
export interface Awaited {
  /** Whether it has come about. Asked before parking, so it must not miss anything afterwards that does not ring the worker's bell. */
  isReady(): boolean;
  /** Tells those that wait for it; returns whether some still wait. */
  tell(): boolean;
}

/** One dataflow on one worker. */
export interface DataflowContext extends SubgraphHost {
  /** The dataflow's name. */
  readonly name: string;
  /** The number of the worker, below `peers`. */
  readonly index: number;
  /** The number of the client's endpoint, or -1 when the run has none. */
  readonly client: number;
  /** The dataflow's number, the same on every worker. */
  readonly id: number;
  /** Stands for the run and the graph; see `Frame`. */
  readonly stamp: number;
  /** Whether expensive checks are made: order of messages against frontiers, copies of rows, poisoned batches. */
  readonly development: boolean;
  /** The worker's part of the memory that the workers of its process share. */
  readonly arena: Arena | undefined;
  /** Is told of messages; undefined while nobody listens. */
  readonly messageLog: MessageLog | undefined;
  /** What operators with state are registered with, where checkpoints are taken. */
  readonly states: StateRegistry | undefined;
  /** How many batches an operator may take in one activation: all but under simulation (engine rule 18). */
  batchFuel(): number;
  /** The most records an input is handed in one batch: any number but under simulation. */
  batchPiece(): number;
  /** Opens a message of exactly `length` bytes to another endpoint's ends of this dataflow's channels. */
  begin(endpoint: number, length: number): MessageSpace;
  /** Closes the open message to an endpoint. */
  end(endpoint: number): void;
  /** Notes an input that was handed memory of a ring: it may keep it until the end of the worker's step. */
  lent(borrower: Borrower): void;
  /** Registers a channel's receiving end and returns its number, the same on every worker. */
  addChannel(end: ChannelEnd): number;
  /** Registers a nested scope, and opens its line to its replicas. */
  addScope(scope: Replica): void;
  /** Registers an operator, so that reports can name it and what it holds. */
  addOperator(operator: OperatorParts): void;
  /** Registers a part of the graph for the stamp. */
  describe(part: string): void;
  /** Milliseconds on the worker's clock, which is virtual under simulation. */
  now(): number;
  /** Has something done in a step of the worker once its clock shows `at` or more. */
  at(at: number, act: () => void): void;
  /** Makes a handle that has something done here from any thread. */
  syncActivator(act: () => void): SyncActivator;
  /** Whether no more than `bytes` wait on each of this worker's links; when more do, the worker wakes once that is so. */
  isWithin(bytes: number): boolean;
  /** Has the worker look, after each step and before it parks, whether something came about. */
  await(awaited: Awaited): void;
}
