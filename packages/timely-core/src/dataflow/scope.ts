// Where a dataflow is built: a scope gives operators their places and streams their times. Nested scopes have finer times.
// After timely dataflow's `Scope`; engine rule 2.

import { integers, type Product, pair, product, type TimeDomain } from "../order/index.ts";
import { type Refinement, Subgraph } from "../progress/index.ts";
import type { DataflowContext } from "./context.ts";
import { GraphError, type Place } from "./errors.ts";

/** A scope's engine, whatever its summaries and its parent's times. */
// biome-ignore lint/suspicious/noExplicitAny: these types are checked where a subgraph is made
export type ScopeEngine<T> = Subgraph<T, any, any, any>;

/**
 * A part of a dataflow whose streams share one type of times. The outermost scope of a dataflow comes from `worker.dataflow`; `nested` and
 * `region` make scopes inside. Every worker must build the same scopes, operators and streams in the same order.
 */
export class Scope<T> {
  /** The name it was given. */
  readonly name: string;
  /** The times of its streams. */
  readonly domain: TimeDomain<T>;
  /** The scope this one is nested in. */
  readonly parent: Scope<unknown> | undefined;
  /** Engine-internal: the names of the scopes it is nested in and its own, as checkpoints name what is in it. @internal */
  readonly path: string;
  /** Engine-internal. @internal */
  readonly subgraph: ScopeEngine<T>;
  /** Engine-internal. @internal */
  readonly context: DataflowContext;
  private readonly nestedNames = new Map<string, number>();

  /** Engine-internal: see `worker.dataflow`, `nested` and `region`. @internal */
  constructor(context: DataflowContext, subgraph: ScopeEngine<T>, parent: Scope<unknown> | undefined) {
    this.context = context;
    this.subgraph = subgraph;
    this.parent = parent;
    this.name = subgraph.name;
    this.domain = subgraph.domain;
    this.path = parent === undefined ? "" : `${parent.path}${parent.numbered(subgraph.name)}/`;
  }

  /** The number of this worker, from 0. */
  get index(): number {
    return this.context.index;
  }

  /** The number of workers that run this dataflow. */
  get peers(): number {
    return this.context.peers;
  }

  /** The number of the dataflow, the same on every worker: what `worker.drop` takes. */
  get dataflow(): number {
    return this.context.id;
  }

  /** Builds a scope whose times are pairs of this scope's time and one of `inner`, integers unless said otherwise. */
  nested<R>(name: string, build: (scope: Scope<Product<T, number>>) => R): R;
  nested<I, R>(name: string, inner: TimeDomain<I>, build: (scope: Scope<Product<T, I>>) => R): R;
  nested<R>(
    name: string,
    first: TimeDomain<unknown> | ((scope: Scope<Product<T, number>>) => R),
    second?: (scope: Scope<Product<T, unknown>>) => R,
  ): R {
    const inner = typeof first === "function" ? (integers as TimeDomain<unknown>) : first;
    const build = (typeof first === "function" ? first : second) as (scope: Scope<Product<T, unknown>>) => R;
    const refinement: Refinement<T, unknown, Product<T, unknown>, Product<unknown, unknown>> = {
      domain: product(this.domain, inner),
      enter: (time) => pair(time, inner.minimum),
      leave: (time) => time.outer,
      summarize: (summary) => summary.outer,
    };
    return this.within(name, refinement, build);
  }

  /** Builds a scope whose times are any others that refine this scope's: each lies within one of this scope's times. */
  refined<I, SI, SO, R>(name: string, refinement: Refinement<T, SO, I, SI>, build: (scope: Scope<I>) => R): R {
    return this.within(name, refinement, build);
  }

  /** Builds a scope with the same times, to give a part of the graph a name and a progress of its own. */
  region<R>(name: string, build: (scope: Scope<T>) => R): R {
    const same = <X>(value: X): X => value;
    return this.within(name, { domain: this.domain, enter: same, leave: same, summarize: same }, build);
  }

  /** Where something in this scope happens, for errors. */
  place(operator: string): Place {
    return { dataflow: this.context.name, operator, worker: this.index };
  }

  private within<I, SI, R>(name: string, refinement: Refinement<T, unknown, I, SI>, build: (scope: Scope<I>) => R): R {
    const subgraph = new Subgraph(name, this.context, refinement, this.domain, this.subgraph);
    this.context.addScope(subgraph as ScopeEngine<I>);
    const scope = new Scope<I>(this.context, subgraph as ScopeEngine<I>, this as unknown as Scope<unknown>);
    const result = build(scope);
    subgraph.summarize();
    return result;
  }

  /** Tells nested scopes of one name apart. */
  private numbered(name: string): string {
    const count = this.nestedNames.get(name) ?? 0;
    this.nestedNames.set(name, count + 1);
    return count === 0 ? name : `${name}#${count}`;
  }

  /** Engine-internal: checks that a stream belongs here. @internal */
  requireOwn(scope: Scope<T>, operator: string): void {
    if (scope === this) return;
    throw new GraphError(
      `operator ${operator} in scope ${this.name} is given a stream of scope ${scope.name}: bring it in with enter() or out with leave()`,
    );
  }
}
