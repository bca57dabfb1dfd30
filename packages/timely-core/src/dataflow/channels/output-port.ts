// An operator's output: sessions that buffer records of one time into batches, and the channels that batches leave by.

import type { Batch, Builder, Layout, RecordOf } from "../../batch/index.ts";
import { CheckpointError } from "../../checkpoint/errors.ts";
import type { Gate } from "../../checkpoint/gate.ts";
import { EncodeError } from "../../codec/index.ts";
import { OverflowError } from "../../communication/index.ts";
import type { TimeDomain } from "../../order/index.ts";
import { Capability, type CapabilityPort, show, spent } from "../capability.ts";
import { OperatorError, type Place, PlacedError } from "../errors.ts";

/** The scope of an output, as it needs it. */
export interface OutputScope<T> {
  readonly domain: TimeDomain<T>;
  record(location: number, time: T, diff: number): void;
}

/** What takes a port's batches further: a channel, or the way into or out of a nested scope. */
export interface Pusher<T, B extends Batch> {
  /** How often each record arrives at the other end, over all workers. */
  readonly copies: number;
  /** Takes a share of the batch's ownership. */
  push(time: T, batch: B): void;
}

/** What a session needs of the right to send: a `Capability` or an `InputCapability`. */
export interface SendingRight<T> {
  /** The time it is for. */
  readonly time: T;
  /** Whether it may still be used. */
  readonly live: boolean;
  /** Whether it allows sending on that output at its time. */
  isFor(output: unknown): boolean;
}

/** Sends records at one capability's time. */
export class Session<T, B extends Batch> {
  private readonly port: OutputPort<T, B>;
  private readonly right: SendingRight<T>;
  private readonly time: T;

  /** Engine-internal. @internal */
  constructor(port: OutputPort<T, B>, right: SendingRight<T>) {
    this.port = port;
    this.right = right;
    this.time = right.time;
  }

  /** Sends a record, by way of the port's buffer. */
  give(record: RecordOf<B>): void {
    this.check();
    this.port.buffer(this.time, record);
  }

  /** Sends a batch, which the session takes over: `retain()` it first if it is to be used again. */
  giveBatch(batch: B): void {
    this.check();
    this.port.send(this.time, batch);
  }

  private check(): void {
    if (!this.right.live || this.right.time !== this.time) {
      throw spent(
        this.port,
        `the capability of a session at ${show(this.port.domain, this.time)} was released or moved: open a new session`,
      );
    }
  }
}

/** An operator's output port. */
export class OutputPort<T, B extends Batch> implements CapabilityPort<T> {
  /** How its batches are laid out. */
  readonly layout: Layout<B>;
  /** Where the port is, for errors. */
  readonly place: Place;
  readonly held = new Set<Capability<T>>();
  /** Whether the dataflow was dropped on this worker. */
  dropped = false;
  /** The locations that batches go to. */
  private readonly targets: number[] = [];
  private readonly pushers: Pusher<T, B>[] = [];
  /** Engine-internal. @internal */
  readonly location: number;
  /** Engine-internal: records that were sent. @internal */
  records = 0;
  /** Engine-internal: batches that were sent. @internal */
  batches = 0;
  private readonly scope: OutputScope<T>;
  private readonly builder: Builder<B>;
  private bufferedTime: T;
  /** Looks at what is sent, where checkpoints are taken or restored. */
  private look: ((time: T, batch: Batch) => void) | undefined;

  /** Engine-internal. @internal */
  constructor(scope: OutputScope<T>, place: Place, location: number, layout: Layout<B>) {
    this.scope = scope;
    this.place = place;
    this.location = location;
    this.layout = layout;
    this.builder = layout.builder();
    this.bufferedTime = scope.domain.minimum;
  }

  /** The times of its scope. */
  get domain(): TimeDomain<T> {
    return this.scope.domain;
  }

  /** Opens a session at the time of a capability of this operator for this output. */
  session(right: SendingRight<T>): Session<T, B> {
    if (!right.live || !right.isFor(this)) {
      throw spent(
        this,
        `the capability for ${show(this.domain, right.time)} ${right.live ? "is not for this output" : "was released"}`,
      );
    }
    return new Session(this, right);
  }

  /** Engine-internal: connects a channel that delivers to `target`. @internal */
  addPusher(target: number, pusher: Pusher<T, B>): void {
    this.targets.push(target);
    this.pushers.push(pusher);
  }

  /** Engine-internal: notes what is sent at the gate of the operator. @internal */
  limitBy(gate: Gate<T>, index: number): void {
    this.look = (time, batch) => gate.sent(index, time, batch, this.layout as Layout<Batch>);
  }

  /** Engine-internal: refuses to send at times that the checkpoint covers which the run started from. @internal */
  refuse(covers: (time: T) => boolean): void {
    const { look } = this;
    this.look = (time, batch) => {
      if (covers(time)) {
        throw new CheckpointError(
          `operator ${this.place.operator} of dataflow ${this.place.dataflow} on worker ${this.place.worker} sends at ` +
            `${show(this.domain, time)}, which the checkpoint covers that the run started from: send only what it doesn't ` +
            `(see worker.restored), or start with restore: false`,
        );
      }
      look?.(time, batch);
    };
  }

  /** Engine-internal: the capability for the least time, with which every tracker starts. @internal */
  initial(): Capability<T> {
    return new Capability(this, this.domain.minimum);
  }

  /** Engine-internal: a capability for `time`, which the caller has shown to be allowed. @internal */
  grant(time: T): Capability<T> {
    this.holds(time, 1);
    return new Capability(this, time);
  }

  holds(time: T, diff: number): void {
    this.scope.record(this.location, time, diff);
  }

  /** Engine-internal: adds a record to the buffer of its time. @internal */
  buffer(time: T, record: RecordOf<B>): void {
    const { builder } = this;
    if (builder.length > 0 && this.bufferedTime !== time) this.flush();
    this.bufferedTime = time;
    builder.push(record);
    if (builder.length >= builder.capacity) this.flush();
  }

  /** Sends what is buffered. The engine does so at the end of each activation. */
  flush(): void {
    if (this.builder.length > 0) this.push(this.bufferedTime, this.builder.finish());
  }

  /** Engine-internal: revokes what is held, with the dataflow. @internal */
  discard(): void {
    this.dropped = true;
    for (const capability of this.held) capability.revoke();
    this.held.clear();
    this.builder.finish().release();
  }

  /** Engine-internal: sends a batch after what is buffered. @internal */
  send(time: T, batch: B): void {
    this.flush();
    if (batch.length > 0) this.push(time, batch);
    else batch.release();
  }

  /** Engine-internal: counts a batch as produced and delivers it. @internal */
  private push(time: T, batch: B): void {
    const { targets } = this;
    const records = batch.length;
    if (this.look !== undefined) this.look(time, batch);
    for (let i = 0; i < targets.length; i++) {
      this.scope.record(targets[i] as number, time, records * (this.pushers[i] as Pusher<T, B>).copies);
    }
    this.deliver(time, batch);
  }

  /** Engine-internal: delivers a batch that is counted elsewhere. @internal */
  deliver(time: T, batch: B): void {
    const { pushers } = this;
    this.records += batch.length;
    this.batches += 1;
    if (pushers.length === 0) {
      batch.release();
      return;
    }
    if (pushers.length > 1) batch.share(pushers.length - 1);
    try {
      for (let i = 0; i < pushers.length; i++) (pushers[i] as Pusher<T, B>).push(time, batch);
    } catch (error) {
      // The codec knows which field can't be sent, the link which is full; who sent it is known here (engine rules 7 and 10).
      if (error instanceof EncodeError) throw new OperatorError(this.place, error);
      if (error instanceof OverflowError) throw new PlacedError(error.code, this.place, error.message, error);
      throw error;
    }
  }
}
