// Inputs: how a program outside the dataflow feeds it, and tells it that no more will come at a time.

import { type Batch, type Layout, type RecordOf, type Rows, rows } from "../batch/index.ts";
import { type Capability, spent } from "./capability.ts";
import type { OutputPort } from "./channels/output-port.ts";
import { OperatorBuilder } from "./operator-builder.ts";
import type { Scope } from "./scope.ts";
import type { Stream } from "./stream.ts";

/**
 * Feeds one stream. Records are sent at the input's current time, which starts at the least one and only advances; `close` says that
 * nothing more will come. Each worker has its own; the stream's frontier is held by all of them.
 */
export class Input<T, B extends Batch> {
  /** What is fed in. */
  readonly stream: Stream<T, B>;
  private readonly capability: Capability<T>;
  private readonly output: OutputPort<T, B>;

  /** Engine-internal: see `input`. @internal */
  constructor(stream: Stream<T, B>, output: OutputPort<T, B>, capability: Capability<T>) {
    this.stream = stream;
    this.output = output;
    this.capability = capability;
  }

  /** The time at which records are sent now. */
  get time(): T {
    return this.capability.time;
  }

  /** Whether nothing more can be sent. */
  get closed(): boolean {
    return !this.capability.live;
  }

  /** Sends records at the current time. Throws `CapabilityError` once closed. */
  send(...records: RecordOf<B>[]): void {
    this.requireOpen();
    for (let i = 0; i < records.length; i++) this.output.buffer(this.capability.time, records[i] as RecordOf<B>);
  }

  /** Sends a batch at the current time; the input takes it over. Throws `CapabilityError` once closed. */
  sendBatch(batch: B): void {
    this.requireOpen();
    this.output.send(this.capability.time, batch);
  }

  /** Hands on what is buffered, without waiting for the time to advance. */
  flush(): void {
    this.output.flush();
  }

  /** Moves to a later time: nothing more comes before it. Throws `CapabilityError` when the time is not at or after the current one. */
  advanceTo(time: T): void {
    this.requireOpen();
    this.capability.downgrade(time);
  }

  /** Says that nothing more will come. Closing twice is harmless. */
  close(): void {
    this.capability.release();
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  private requireOpen(): void {
    if (this.closed) throw spent(this.output, "this input was closed: nothing can be sent to it any more");
  }
}

/** Adds an input of rows, or of batches of another layout, that the program feeds. */
export function input<D, T = number>(scope: Scope<T>, name?: string): Input<T, Rows<D>>;
export function input<T, B extends Batch>(scope: Scope<T>, layout: Layout<B>, name?: string): Input<T, B>;
export function input<T>(scope: Scope<T>, first?: string | Layout<Batch>, second?: string): Input<T, Batch> {
  const layout = typeof first === "object" ? first : (rows<unknown>() as Layout<Batch>);
  const name = (typeof first === "object" ? second : first) ?? "input";
  const builder = new OperatorBuilder(scope, name);
  const [output, stream] = builder.output(layout);
  let capability: Capability<T> | undefined;
  builder.build(
    (capabilities) => {
      capability = capabilities[0]?.named("fed from outside");
      return () => {};
    },
    { notify: false },
  );
  return new Input(stream, output, capability as Capability<T>);
}
