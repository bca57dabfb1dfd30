// Operators of any shape: ports, what they hold at the start, and what runs them. Every built-in operator is made with this.
// After timely dataflow's `OperatorBuilder`.

import type { Batch, Layout } from "../batch/index.ts";
import type { StateHook } from "../checkpoint/state.ts";
import { ByteWriter, type Codec } from "../codec/index.ts";
import type { SyncActivator } from "../communication/index.ts";
import type { Arena } from "../memory/index.ts";
import type { Operator } from "../progress/index.ts";
import type { Capability } from "./capability.ts";
import { Channel } from "./channels/channel.ts";
import { InputPort } from "./channels/input-port.ts";
import { OutputPort } from "./channels/output-port.ts";
import type { Pact } from "./channels/pact.ts";
import type { DataflowContext } from "./context.ts";
import { OperatorError, type Place, PlacedError } from "./errors.ts";
import { OperatorState } from "./operator-state.ts";
import type { Scope } from "./scope.ts";
import { Stream } from "./stream.ts";

/** What an operator may know of itself, and how it asks to run again. */
export interface OperatorInfo {
  /** The name it was given. */
  readonly name: string;
  /** The worker it runs on. */
  readonly index: number;
  /** The number of workers. */
  readonly peers: number;
  /** Milliseconds on the worker's clock, which is virtual under simulation. */
  now(): number;
  /** The worker's part of the memory that the workers of its process share, if the run was given any. */
  readonly arena: Arena | undefined;
  /**
   * Whether that worker's thread opens the same arena, so that a block's handle may be sent to it in place of what the block holds. True
   * of this worker itself; false of all where the run has no arena, and of the workers of other processes.
   */
  sharesArena(worker: number): boolean;
  /** Has the operator run again soon although nothing arrives. May be called from anywhere on the worker's thread. */
  activate(): void;
  /** Has the operator run again once that many milliseconds have passed on the worker's clock; a worker that sleeps wakes for it. */
  activateAfter(milliseconds: number): void;
  /** A handle that has the operator run again from any thread or event loop. */
  syncActivator(): SyncActivator;
  /**
   * Says how the operator's state is saved in checkpoints, and in a restored run loads it at once. Every operator that remembers anything
   * from one time to a later one, or sends at later times than those it reads, must say so; one whose state is just for times that have
   * not passed need not. To be called while the operator is constructed, before its capabilities are released.
   */
  state(hook: StateHook): void;
}

/** How an operator takes part in the flow of frontiers. */
export interface OperatorOptions {
  /** Whether it is activated when a frontier of its inputs moves. Default true. */
  readonly notify?: boolean;
}

/**
 * Builds one operator: inputs and outputs first, then `build`.
 *
 * A batch read at a time may cause batches at the same time or later on every output, unless `output` is told otherwise.
 */
export class OperatorBuilder<T> {
  /** What the operator may know of itself. */
  readonly info: OperatorInfo;
  private readonly scope: Scope<T>;
  private readonly place: Place;
  private readonly node: number;
  private readonly inputs: InputPort<T, Batch>[] = [];
  private readonly outputs: OutputPort<T, Batch>[] = [];
  // Per output, per input: summaries, where they are not just the identity.
  private readonly connections: ((readonly unknown[])[] | undefined)[] = [];
  private phase: "ports" | "constructing" | "built" = "ports";
  private run: (() => void) | undefined;
  private state: OperatorState<T> | undefined;
  /** Timers that are set, and activators in other threads' hands. */
  private expected = 0;

  /** Starts an operator in a scope. */
  constructor(scope: Scope<T>, name: string) {
    this.scope = scope;
    this.place = scope.place(name);
    this.node = scope.subgraph.addNode(name);
    const { subgraph, context } = scope;
    const { node } = this;
    const activate = (): void => subgraph.activate(node);
    this.info = {
      name,
      index: scope.index,
      peers: scope.peers,
      now: () => context.now(),
      arena: context.arena,
      sharesArena: (worker) => sharesArena(context, worker),
      activate,
      activateAfter: (milliseconds) => {
        this.expected += 1;
        context.at(context.now() + milliseconds, () => {
          this.expected -= 1;
          activate();
        });
      },
      syncActivator: () => {
        this.expected += 1; // for ever: nobody knows when the other thread calls
        return context.syncActivator(activate);
      },
      state: (hook) => this.keep(hook),
    };
    scope.context.describe(`${scope.name}/${name}`);
  }

  /** Adds an input that reads a stream of the same scope, its records divided over the workers by `pact`. */
  input<B extends Batch>(stream: Stream<T, B>, pact: Pact<B>): InputPort<T, B> {
    const { scope, node } = this;
    scope.requireOwn(stream.scope, this.info.name);
    const target = scope.subgraph.addTarget(node);
    const index = this.inputs.length;
    const port = new InputPort<T, B>(
      scope.context,
      scope.subgraph,
      this.place,
      node,
      target,
      this.outputs,
      (output, from, to) => this.reaches(index, output, from, to),
    );
    this.inputs.push(port as unknown as InputPort<T, Batch>);
    const channel = new Channel(scope.context, scope.domain, this.info.name, stream.layout, pact, port, {
      scope: scope.subgraph,
      source: stream.source,
      target,
    });
    scope.subgraph.connect(stream.source, target, channel.copies);
    scope.context.describe(`${scope.name}: ${stream.source} to ${target}`);
    stream.output.addPusher(target, channel);
    return port;
  }

  /**
   * Adds an output. `connection[input]` lists the summaries from that input to this output: by default just the identity; an empty list
   * says that the input never causes anything here.
   */
  output<B extends Batch>(
    layout: Layout<B>,
    connection?: readonly (readonly unknown[])[],
  ): readonly [OutputPort<T, B>, Stream<T, B>] {
    const { scope, node } = this;
    const source = scope.subgraph.addSource(node);
    const port = new OutputPort<T, B>(scope.subgraph, this.place, source, layout);
    this.outputs.push(port as unknown as OutputPort<T, Batch>);
    this.connections.push(connection as (readonly unknown[])[] | undefined);
    return [port, new Stream(scope, port, source)];
  }

  /**
   * Completes the operator. `construct` gets a capability for the least time per output, which it keeps or releases, and returns what
   * the engine calls on each activation: when batches arrived, when a frontier moved, and after `info.activate()`.
   */
  build(construct: (capabilities: Capability<T>[]) => () => void, options: OperatorOptions = {}): void {
    if (this.phase !== "ports") throw new PlacedError("GRAPH", this.place, "build() was called twice");
    const { scope, inputs, outputs } = this;
    const { summaries } = scope.subgraph.domain;
    const internal = inputs.map((_, input) =>
      outputs.map((_, output) => this.connections[output]?.[input] ?? [summaries.identity]),
    );
    scope.context.describe(`paths of ${this.info.name} ${fingerprint(summaries.codec, internal)}`);
    const operator: Operator = {
      schedule: () => {
        this.activation();
        // Inputs that fuel left unread have asked for another turn; one that the operator chose not to read waits for news.
        return false;
      },
    };
    scope.subgraph.setOperator(this.node, operator, internal, options.notify ?? true);
    const isWaiting = (): boolean => this.expected > 0;
    scope.context.addOperator({
      place: this.place,
      scope: scope.subgraph,
      node: this.node,
      inputs,
      outputs,
      isWaiting,
    });
    // The tracker starts with this capability on every worker, so it is not counted again.
    this.phase = "constructing";
    const run = construct(outputs.map((port) => port.initial()));
    this.phase = "built";
    const { state } = this;
    const { states } = scope.context;
    // What a source sends of its own accord, a restored run must not send a second time.
    if (states !== undefined && inputs.length === 0) {
      for (const port of outputs) port.refuse((time) => states.covers(scope.subgraph.outermost(time)));
    }
    this.run = state?.resumes
      ? () => {
          this.run = run;
          state.resume();
          run();
        }
      : run;
  }

  /** Runs the operator once and sends what it buffered. */
  private activation(): void {
    const { outputs } = this;
    try {
      this.run?.();
      for (let i = 0; i < outputs.length; i++) (outputs[i] as OutputPort<T, Batch>).flush();
    } catch (error) {
      throw error instanceof PlacedError ? error : new OperatorError(this.place, error);
    }
  }

  private keep(hook: StateHook): void {
    const { scope, place, inputs, outputs } = this;
    if (this.phase !== "constructing" || this.state !== undefined) {
      throw new PlacedError("GRAPH", place, "info.state() is to be called once, while the operator is constructed");
    }
    const { states } = scope.context;
    if (states === undefined) return;
    this.state = new OperatorState({ scope, place, inputs, outputs, run: () => this.activation() }, hook, states);
  }

  private reaches(input: number, output: number, from: T, to: T): boolean {
    const { domain } = this.scope.subgraph;
    const connection = this.connections[output]?.[input];
    if (connection === undefined) return domain.lessEqual(from, to);
    return connection.some((summary) => {
      const least = domain.summaries.resultsIn(summary, from);
      return least !== undefined && domain.lessEqual(least, to);
    });
  }
}

/** Processes have equally many workers, numbered through; each of them is one allocator of its process's arena. */
function sharesArena({ arena, index }: DataflowContext, worker: number): boolean {
  if (arena === undefined) return false;
  return Math.floor(worker / arena.allocators) === Math.floor(index / arena.allocators);
}

/** The summaries of an operator as text, for the graph's fingerprint. */
function fingerprint<S>(codec: Codec<S>, internal: readonly (readonly (readonly S[])[])[]): string {
  const writer = new ByteWriter();
  for (const outputs of internal) {
    for (const set of outputs) {
      writer.varint(set.length);
      for (const summary of set) codec.write(summary, writer);
    }
  }
  return writer.finish().join(" ");
}
