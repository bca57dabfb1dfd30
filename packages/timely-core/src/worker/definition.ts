// What `launch` runs: a dataflow as a module's default export, with typed ports for the client.

import type { Batch, Layout } from "../batch/index.ts";
import type { CheckpointOptions } from "../checkpoint/checkpointer.ts";
import type { Scope, Stream } from "../dataflow/index.ts";
import type { Worker } from "./worker.ts";

/** The layouts of named ports. */
// biome-ignore lint/suspicious/noExplicitAny: a layout is invariant in its batches; the ports' own types are inferred
export type Ports = { readonly [name: string]: Layout<any> };

/** The batches of a layout. */
export type BatchOf<L> = L extends Layout<infer B> ? B : never;

/** What a definition's `build` is given. */
export interface BuildContext<I extends Ports, O extends Ports, C> {
  /** The outermost scope of the dataflow. */
  readonly scope: Scope<number>;
  /** What the client sends, on each worker what was sent to it. */
  readonly inputs: { readonly [K in keyof I]: Stream<number, BatchOf<I[K]> & Batch> };
  /** Ends a pipe in a port: what reaches it on any worker goes to the client. Every output must be given exactly one stream. */
  readonly outputs: { readonly [K in keyof O]: (stream: Stream<number, BatchOf<O[K]> & Batch>) => void };
  /** The worker that this part of the dataflow runs on: its number, its memory. */
  readonly worker: Pick<Worker, "index" | "peers" | "arena">;
  /** What the client passed to `launch`, a structured clone of it on each worker. */
  readonly argument: C;
}

/** A dataflow that a client can launch. Its times are integers. */
export interface Definition<I extends Ports, O extends Ports, C> {
  /** The layout of each input port. */
  readonly inputs: I;
  /** The layout of each output port. */
  readonly outputs: O;
  /**
   * That checkpoints are taken, and what the run starts from: left out, none are. Called on each worker, and where the client is, so
   * that each has a store of its own over the same contents.
   */
  checkpoints?(argument: C): CheckpointOptions;
  /** Builds the dataflow on one worker; every worker must build the same one. */
  build(context: BuildContext<I, O, C>): void;
}

/** Types a definition; returns it as it is. Make it the default export of a module that does nothing else when imported. */
export function define<const I extends Ports, const O extends Ports, C = undefined>(
  definition: Definition<I, O, C>,
): Definition<I, O, C> {
  return definition;
}
