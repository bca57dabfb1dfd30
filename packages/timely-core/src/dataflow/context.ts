// What a dataflow's parts need from the worker that runs them. An interface, so that knowledge runs one way: the worker knows operators,
// operators only know this.

import type { Message, MessageSpace } from "../communication/index.ts";
import type { Subgraph, SubgraphHost } from "../progress/index.ts";
import type { Frame } from "./channels/frame.ts";
import type { Place } from "./errors.ts";

/** The end of a channel that messages from other endpoints arrive at. */
export interface ChannelEnd {
  /** Takes over a message; releases it when nothing needs its memory any more. */
  receive(frame: Readonly<Frame>, message: Message): void;
}

/** A scope that keeps in step with its replicas on the other workers. */
// biome-ignore lint/suspicious/noExplicitAny: scopes of all times are registered alike
export type Replica = Subgraph<any, any, any, any>;

/** An output, as reports of held capabilities see it. */
export interface Holder {
  readonly place: Place;
  readonly held: ReadonlySet<{ readonly time: unknown }>;
}

/** An input that holds memory of a ring. */
export interface Borrower {
  /** Gives it back. */
  returnBorrowed(): void;
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
  /** Registers an operator's output, so that reports can name what it holds. */
  addHolder(holder: Holder): void;
  /** Registers a part of the graph for the stamp. */
  describe(part: string): void;
  /** Milliseconds on the worker's clock, which is virtual under simulation. */
  now(): number;
}
