// A stream: batches of one layout at one scope's times, and the place where operators are attached to it.

import type { Batch, Layout } from "../batch/index.ts";
import type { OutputPort } from "./channels/output-port.ts";
import type { Scope } from "./scope.ts";

/** What turns a stream into something else, most often another stream: the argument of `pipe`. */
export type Through<A, B> = (stream: A) => B;

/**
 * The batches that leave one output of an operator. `T` are the scope's times, `B` is the layout of the batches: `Rows<D>` or
 * `Columns<S>`.
 */
export class Stream<T, B extends Batch> {
  /** The scope it is in. */
  readonly scope: Scope<T>;
  /** How its batches are laid out. */
  readonly layout: Layout<B>;
  /** Engine-internal: the output that the batches come from. @internal */
  readonly output: OutputPort<T, B>;
  /** Engine-internal: that output's location in its scope. @internal */
  readonly source: number;

  /** Engine-internal: streams come from inputs and operators. @internal */
  constructor(scope: Scope<T>, output: OutputPort<T, B>, source: number) {
    this.scope = scope;
    this.layout = output.layout;
    this.output = output;
    this.source = source;
  }

  /** Attaches operators one after the other and returns what the last one returns. */
  pipe<A>(a: Through<this, A>): A;
  pipe<A, C>(a: Through<this, A>, c: Through<A, C>): C;
  pipe<A, C, D>(a: Through<this, A>, c: Through<A, C>, d: Through<C, D>): D;
  pipe<A, C, D, E>(a: Through<this, A>, c: Through<A, C>, d: Through<C, D>, e: Through<D, E>): E;
  pipe<A, C, D, E, F>(a: Through<this, A>, c: Through<A, C>, d: Through<C, D>, e: Through<D, E>, f: Through<E, F>): F;
  pipe<A, C, D, E, F, G>(
    a: Through<this, A>,
    c: Through<A, C>,
    d: Through<C, D>,
    e: Through<D, E>,
    f: Through<E, F>,
    g: Through<F, G>,
  ): G;
  pipe<A, C, D, E, F, G, H>(
    a: Through<this, A>,
    c: Through<A, C>,
    d: Through<C, D>,
    e: Through<D, E>,
    f: Through<E, F>,
    g: Through<F, G>,
    h: Through<G, H>,
  ): H;
  pipe<A, C, D, E, F, G, H, I>(
    a: Through<this, A>,
    c: Through<A, C>,
    d: Through<C, D>,
    e: Through<D, E>,
    f: Through<E, F>,
    g: Through<F, G>,
    h: Through<G, H>,
    i: Through<H, I>,
  ): I;
  pipe(...operators: readonly unknown[]): unknown {
    let result: unknown = this;
    for (const operator of operators) result = (operator as Through<unknown, unknown>)(result);
    return result;
  }
}
