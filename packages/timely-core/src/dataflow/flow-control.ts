// Back-pressure, which acts at sources only: whether one may send, by what is under way to other workers and by how far a probe has come.
// Engine rule 7; after Faucet (BeyondMR 2016), which bounds the times in flight of timely dataflow's sources.

import type { DataflowContext } from "./context.ts";
import { GraphError } from "./errors.ts";
import type { OperatorInfo } from "./operator-builder.ts";
import type { Probe } from "./operators/probe.ts";
import type { Scope } from "./scope.ts";

/** How much a source may have under way. */
export interface FlowLimits<T> {
  /**
   * Watches what the source feeds: the probe itself, or a function that returns it where the source is built first. Without one only
   * `bytes` counts.
   */
  readonly probe?: Probe<T> | (() => Probe<T>);
  /**
   * How far the source may run ahead of the probe: a number of integer times, or a function from the time at which it is to send to the one
   * before which everything must have passed the probe. Default 1: of integer times, the last one may still be under way.
   */
  readonly lag?: number | ((time: T) => T);
  /** The most bytes that may wait on each link from this worker to another, rings included. Default 256 KiB. */
  readonly bytes?: number;
}

const DEFAULT_BYTES = 2 ** 18;

/** Tells sources on one worker whether they may send; see `flowControl`. */
export class FlowControl<T> {
  private readonly context: DataflowContext;
  private readonly probe: (() => Probe<T>) | undefined;
  private readonly before: (time: T) => T;
  private readonly bytes: number;
  // Who waits, and until it may send at which time. Programs that step until they may wait under the key of this object.
  private readonly waiting = new Map<object, { readonly time: T; readonly wake: () => void }>();

  /** Engine-internal: see `flowControl`. @internal */
  constructor(context: DataflowContext, limits: FlowLimits<T>) {
    const { probe, lag = 1, bytes = DEFAULT_BYTES } = limits;
    this.context = context;
    this.probe = typeof probe === "function" ? probe : probe && (() => probe);
    this.before = typeof lag === "function" ? lag : (time) => earlier(time, lag);
    this.bytes = bytes;
  }

  /**
   * Whether a source may send at `time` now. When it may not, the operator of `info` runs again once it may; without `info` the worker just
   * wakes, so that `worker.stepWhile(() => !flow.ready(time))` ends.
   */
  ready(time: T, info?: OperatorInfo): boolean {
    if (this.admits(time)) return true;
    this.waiting.set(info ?? this, { time, wake: () => info?.activate() });
    this.context.await(this);
    return false;
  }

  /** Engine-internal. @internal */
  isReady(): boolean {
    for (const { time } of this.waiting.values()) if (this.admits(time)) return true;
    return false;
  }

  /** Engine-internal. @internal */
  tell(): boolean {
    for (const [key, { time, wake }] of this.waiting) {
      if (!this.admits(time)) continue;
      this.waiting.delete(key);
      wake();
    }
    return this.waiting.size > 0;
  }

  private admits(time: T): boolean {
    return this.context.isWithin(this.bytes) && !this.probe?.().lessThan(this.before(time));
  }
}

function earlier<T>(time: T, lag: number): T {
  if (typeof time === "number") return Math.max(0, time - lag) as T;
  throw new GraphError("a number as the lag of flowControl() is for integer times: give a function for others");
}

/**
 * Bounds what the sources of a dataflow have under way on this worker. Back-pressure acts here alone: an operator inside a graph never
 * waits for room, as in a cycle across workers it would wait for itself.
 *
 * ```ts
 * const flow = flowControl(scope, { probe: () => done, lag: 4 });
 * const done = source(scope, layout, (capability, info) => (output) => {
 *   if (!flow.ready(capability.time, info)) return; // runs again once it may send
 *   output.session(capability).giveBatch(next());
 *   capability.downgrade(capability.time + 1);
 *   info.activate();
 * }).pipe(work, probe());
 * ```
 */
export function flowControl<T>(scope: Scope<T>, limits: FlowLimits<T> = {}): FlowControl<T> {
  return new FlowControl(scope.context, limits);
}
