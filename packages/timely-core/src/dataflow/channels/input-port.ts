// An operator's input: a queue of batches, each with its time, and the frontier of times that may still arrive.

import type { Batch } from "../../batch/index.ts";
import type { Gate } from "../../checkpoint/gate.ts";
import type { Frontier, TimeDomain } from "../../order/index.ts";
import { type Capability, show } from "../capability.ts";
import type { DataflowContext } from "../context.ts";
import { CapabilityError, DroppedError, type Place, SafetyError } from "../errors.ts";
import type { OutputPort } from "./output-port.ts";

/** The scope of an input, as it needs it. */
export interface InputScope<T> {
  readonly domain: TimeDomain<T>;
  frontier(location: number): Frontier<T>;
  record(location: number, time: T, diff: number): void;
  activate(node: number): void;
}

/**
 * The right to send at the time of the batch that is being read, valid while its callback runs.
 *
 * `retain` and `delayed` turn it into a `Capability` that outlives the callback. The object is reused for the next batch.
 */
export class InputCapability<T> {
  private readonly port: InputPort<T, Batch>;
  private current: T;
  private reading = false;

  /** Engine-internal. @internal */
  constructor(port: InputPort<T, Batch>) {
    this.port = port;
    this.current = port.scope.domain.minimum;
  }

  /** The time of the batch. */
  get time(): T {
    return this.current;
  }

  /** Whether its batch is still being read. */
  get live(): boolean {
    return this.reading;
  }

  /** Whether it allows sending on that output at its own time. */
  isFor(output: unknown): boolean {
    const index = this.port.outputs.indexOf(output as OutputPort<T, Batch>);
    return index >= 0 && this.port.reaches(index, this.current, this.current);
  }

  /** A capability for the time of the batch on one of the operator's outputs. */
  retain(output = 0): Capability<T> {
    return this.delayed(this.current, output);
  }

  /** A capability for a time that the batch's time may cause on one of the operator's outputs. */
  delayed(time: T, output = 0): Capability<T> {
    const { port } = this;
    const target = port.outputs[output];
    if (!this.reading)
      throw new CapabilityError(port.place, `the batch of this capability has been read already: retain() it`);
    if (target === undefined || !port.reaches(output, this.current, time)) {
      throw new CapabilityError(
        port.place,
        `a batch at ${show(port.scope.domain, this.current)} gives no right to send at ${show(port.scope.domain, time)} on output ${output}`,
      );
    }
    return target.grant(time);
  }

  /** Engine-internal. @internal */
  open(time: T): void {
    this.current = time;
    this.reading = true;
  }

  /** Engine-internal. @internal */
  close(): void {
    this.reading = false;
  }
}

/**
 * A batch that `next` took from an input, to be worked off over as many activations as that takes: step fuel (engine rule 17). Until
 * `release` it counts as not read, so it holds every frontier that it may still change, the input's own among them, and is the right to
 * send at its time.
 */
export class Delivery<T, B extends Batch> extends InputCapability<T> {
  private content: B;
  private readonly end: (delivery: Delivery<T, B>) => void;

  /** Engine-internal: see `InputPort.next`. @internal */
  constructor(port: InputPort<T, Batch>, time: T, batch: B, end: (delivery: Delivery<T, B>) => void) {
    super(port);
    this.content = batch;
    this.end = end;
    this.open(time);
  }

  /** The batch, read-only. Ask for it anew in each activation: between two it may move to other memory. */
  get batch(): B {
    return this.content;
  }

  /** Says that the batch has been worked off. Releasing twice is harmless. */
  release(): void {
    if (this.live) this.end(this);
  }

  /** Releases it: for `using`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Engine-internal: copies a batch in borrowed memory, which its lender needs back. @internal */
  detach(): void {
    const batch = this.content;
    if (!batch.borrowed) return;
    this.content = batch.retain() as B;
    batch.release();
  }
}

/** An operator's input port. */
export class InputPort<T, B extends Batch> {
  /** Engine-internal. @internal */
  readonly scope: InputScope<T>;
  /** Where the port is, for errors. */
  readonly place: Place;
  /** The operator's outputs. */
  readonly outputs: readonly OutputPort<T, Batch>[];
  /** Engine-internal. @internal */
  readonly location: number;
  /** Engine-internal: records that were read. @internal */
  records = 0;
  /** Engine-internal: batches that were read. @internal */
  batches = 0;
  private readonly context: DataflowContext;
  private readonly node: number;
  private readonly reach: (output: number, from: T, to: T) => boolean;
  private readonly capability: InputCapability<T>;
  private frontierOrUndefined: Frontier<T> | undefined;
  // A queue in two arrays, taken from `head` on, filled up to `tail`; both start over when everything was taken. The arrays are never
  // truncated, which would cost more than all else here.
  private readonly times: T[] = [];
  private readonly queue: B[] = [];
  private head = 0;
  private tail = 0;
  /** What `next` took and is being worked off. */
  private readonly taken = new Set<Delivery<T, B>>();
  private dropped = false;
  /** Engine-internal: set for operators with state that checkpoints are taken of. @internal */
  gate: Gate<T> | undefined;
  /** What the gate does not admit yet. */
  private withheld: { readonly time: T; readonly batch: B }[] = [];

  /** Engine-internal: `reach` tells whether a batch at one time allows sending at another on an output. @internal */
  constructor(
    context: DataflowContext,
    scope: InputScope<T>,
    place: Place,
    node: number,
    location: number,
    outputs: readonly OutputPort<T, Batch>[],
    reach: (output: number, from: T, to: T) => boolean,
  ) {
    this.context = context;
    this.scope = scope;
    this.place = place;
    this.node = node;
    this.location = location;
    this.outputs = outputs;
    this.reach = reach;
    this.capability = new InputCapability(this as unknown as InputPort<T, Batch>);
  }

  /** The times that may still arrive here. Live: it moves between activations of the operator, never during one. */
  get frontier(): Frontier<T> {
    this.frontierOrUndefined ??= this.found();
    return this.frontierOrUndefined;
  }

  /** Whether a batch at `from` allows sending at `to` on an output. */
  reaches(output: number, from: T, to: T): boolean {
    return this.reach(output, from, to);
  }

  /**
   * Whether a batch at `time` would be handed over now: false while a checkpoint is under way that does not cover the time, until the
   * operator's state has been saved for it. Operators that act on each other's state by other ways than channels must ask.
   */
  admits(time: T): boolean {
    return this.gate?.admits(time) ?? true;
  }

  /** Whether batches wait to be read. */
  get hasBatches(): boolean {
    return this.head < this.tail;
  }

  /**
   * Calls `read` for each batch that waits, in order of arrival. The batch is read-only, and it and the capability are valid until `read`
   * returns (engine rule 6); `batch.retain()` and `capability.retain()` keep them.
   */
  forEach(read: (capability: InputCapability<T>, batch: B) => void): void {
    const { capability, scope, location, gate } = this;
    for (let fuel = this.context.batchFuel(); fuel > 0 && this.head < this.tail; fuel--) {
      const time = this.times[this.head] as T;
      if (gate !== undefined && !this.admit(gate, time)) continue;
      const batch = this.take(time);
      const records = batch.length;
      capability.open(time);
      try {
        read(capability, batch);
      } finally {
        capability.close();
        batch.release();
        scope.record(location, time, -records);
      }
    }
    // What fuel left, or what arrived meanwhile, is for the next activation.
    if (this.hasBatches) scope.activate(this.node);
  }

  /**
   * Takes the next batch that waits, in order of arrival, or returns undefined. It is the operator's until it is released, in this
   * activation or a later one: an operator that has done enough for one activation keeps it and calls `info.activate()`, so that others
   * have their turn.
   *
   * ```ts
   * let work: Delivery<T, Rows<D>> | undefined;
   * let at = 0;
   * return (input, output) => {
   *   for (let fuel = 1000; fuel > 0; fuel--) {
   *     work ??= input.next();
   *     if (work === undefined) return; // activated when more arrives
   *     output.session(work).give(f(work.batch.data[at++]));
   *     if (at < work.batch.length) continue;
   *     work.release();
   *     [work, at] = [undefined, 0];
   *   }
   *   info.activate();
   * };
   * ```
   */
  next(): Delivery<T, B> | undefined {
    const { gate } = this;
    if (this.head === this.tail) return undefined;
    if (this.context.batchFuel() <= 0) {
      this.scope.activate(this.node);
      return undefined;
    }
    while (gate !== undefined && !this.admit(gate, this.times[this.head] as T)) {
      if (this.head === this.tail) return undefined;
    }
    const time = this.times[this.head] as T;
    const batch = this.take(time);
    const records = batch.length;
    const delivery = new Delivery<T, B>(this as unknown as InputPort<T, Batch>, time, batch, (done) => {
      // What was sent under it is counted no later than its end.
      for (let i = 0; i < this.outputs.length; i++) (this.outputs[i] as OutputPort<T, Batch>).flush();
      this.taken.delete(done);
      done.close();
      done.batch.release();
      this.scope.record(this.location, time, -records);
    });
    this.taken.add(delivery);
    return delivery;
  }

  /** Takes the oldest batch off the queue; there must be one. */
  private take(time: T): B {
    const batch = this.shift();
    this.records += batch.length;
    this.batches += 1;
    if (this.context.development) this.checkOrder(time);
    return batch;
  }

  private shift(): B {
    const batch = this.queue[this.head] as B;
    this.queue[this.head] = undefined as unknown as B;
    this.head += 1;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
    }
    return batch;
  }

  /** Whether the gate admits the oldest batch; if not, it is kept until the operator's cut is made. */
  private admit(gate: Gate<T>, time: T): boolean {
    if (gate.admits(time)) {
      gate.consumed(time);
      return true;
    }
    const batch = this.shift();
    // Its ring needs its memory before.
    const kept = batch.borrowed ? (batch.retain() as B) : batch;
    if (kept !== batch) batch.release();
    this.withheld.push({ time, batch: kept });
    return false;
  }

  /** Engine-internal: a batch arrived. @internal */
  accept(time: T, batch: B): void {
    this.times[this.tail] = time;
    this.queue[this.tail] = batch;
    this.tail += 1;
    if (batch.borrowed) this.context.lent(this);
    this.scope.activate(this.node);
  }

  /** Engine-internal: what has arrived and was not read yet. @internal */
  waiting(): { readonly batches: number; readonly records: number } {
    let records = 0;
    for (let i = this.head; i < this.tail; i++) records += (this.queue[i] as B).length;
    for (const { batch } of this.withheld) records += batch.length;
    return { batches: this.tail - this.head + this.withheld.length, records };
  }

  /** Engine-internal: copies what waits in borrowed memory, which its lender needs back (engine rule 7). @internal */
  returnBorrowed(): void {
    for (let i = this.head; i < this.tail; i++) {
      const batch = this.queue[i] as B;
      if (!batch.borrowed) continue;
      this.queue[i] = batch.retain() as B;
      batch.release();
    }
    if (this.taken.size > 0) for (const each of this.taken) each.detach();
  }

  /** Engine-internal: lets the operator read what the gate admits now, before what came later. @internal */
  readmit(): void {
    const { withheld, times, queue } = this;
    if (withheld.length === 0) return;
    this.withheld = [];
    for (let i = this.head; i < this.tail; i++) withheld.push({ time: times[i] as T, batch: queue[i] as B });
    this.head = 0;
    this.tail = withheld.length;
    withheld.forEach(({ time, batch }, i) => {
      times[i] = time;
      queue[i] = batch;
    });
    this.scope.activate(this.node);
  }

  /** Engine-internal: releases what waits, with the dataflow. @internal */
  discard(): void {
    for (let i = this.head; i < this.tail; i++) (this.queue[i] as B).release();
    for (const each of this.taken) {
      each.close();
      each.batch.release();
    }
    this.taken.clear();
    for (const { batch } of this.withheld) batch.release();
    this.withheld = [];
    this.head = 0;
    this.tail = 0;
    this.queue.length = 0;
    this.dropped = true;
    this.frontierOrUndefined = undefined;
  }

  private found(): Frontier<T> {
    if (this.dropped) throw new DroppedError(this.place);
    return this.scope.frontier(this.location);
  }

  private checkOrder(time: T): void {
    if (this.frontier.lessEqual(time)) return;
    const { domain } = this.scope;
    const passed = this.frontier.elements.map((element) => JSON.stringify(element)).join(", ");
    throw new SafetyError(this.place, `a batch at ${show(domain, time)} arrived behind the frontier {${passed}}`);
  }
}
