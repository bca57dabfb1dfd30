// An operator's input: a queue of batches, each with its time, and the frontier of times that may still arrive.

import type { Batch } from "../../batch/index.ts";
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
  private dropped = false;

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

  /** Whether batches wait to be read. */
  get hasBatches(): boolean {
    return this.head < this.tail;
  }

  /**
   * Calls `read` for each batch that waits, in order of arrival. The batch is read-only, and it and the capability are valid until `read`
   * returns (engine rule 6); `batch.retain()` and `capability.retain()` keep them.
   */
  forEach(read: (capability: InputCapability<T>, batch: B) => void): void {
    const { capability, scope, location } = this;
    for (let fuel = this.context.batchFuel(); fuel > 0 && this.head < this.tail; fuel--) {
      const time = this.times[this.head] as T;
      const batch = this.queue[this.head] as B;
      this.queue[this.head] = undefined as unknown as B;
      this.head += 1;
      if (this.head === this.tail) {
        this.head = 0;
        this.tail = 0;
      }
      const records = batch.length;
      this.records += records;
      this.batches += 1;
      if (this.context.development) this.checkOrder(time);
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
    return { batches: this.tail - this.head, records };
  }

  /** Engine-internal: copies what waits in borrowed memory, which its lender needs back (engine rule 7). @internal */
  returnBorrowed(): void {
    for (let i = this.head; i < this.tail; i++) {
      const batch = this.queue[i] as B;
      if (!batch.borrowed) continue;
      this.queue[i] = batch.retain() as B;
      batch.release();
    }
  }

  /** Engine-internal: releases what waits, with the dataflow. @internal */
  discard(): void {
    for (let i = this.head; i < this.tail; i++) (this.queue[i] as B).release();
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
