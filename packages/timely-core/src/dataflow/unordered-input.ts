// Inputs that are fed at several times at once: each time is open for as long as a capability for it, or an earlier one, is held.

import { type Batch, type Layout, type RecordOf, type Rows, rows } from "../batch/index.ts";
import type { Capability } from "./capability.ts";
import type { OutputPort } from "./channels/output-port.ts";
import { OperatorBuilder, type OperatorInfo } from "./operator-builder.ts";
import type { Scope } from "./scope.ts";
import type { Stream } from "./stream.ts";

/**
 * Feeds one stream at the times of capabilities. `capability.delayed(time)` opens a later time, `downgrade` and `release` close what is
 * before or altogether; once no worker holds one any more, the stream has ended. What is sent leaves with the worker's next step.
 */
export class UnorderedInput<T, B extends Batch> {
  /** What is fed in. */
  readonly stream: Stream<T, B>;
  private readonly output: OutputPort<T, B>;
  private readonly info: OperatorInfo;

  /** Engine-internal: see `unorderedInput`. @internal */
  constructor(stream: Stream<T, B>, output: OutputPort<T, B>, info: OperatorInfo) {
    this.stream = stream;
    this.output = output;
    this.info = info;
  }

  /** Sends records at the capability's time. Throws `CapabilityError` when it was released or is for something else. */
  send(capability: Capability<T>, ...records: RecordOf<B>[]): void {
    const session = this.output.session(capability);
    for (let i = 0; i < records.length; i++) session.give(records[i] as RecordOf<B>);
    this.info.activate();
  }

  /** Sends a batch at the capability's time; the input takes it over. Throws `CapabilityError` as `send` does. */
  sendBatch(capability: Capability<T>, batch: B): void {
    this.output.session(capability).giveBatch(batch);
  }

  /** Hands on what is buffered, without waiting for the worker's next step. */
  flush(): void {
    this.output.flush();
  }
}

/** An unordered input, and the capability for the least time that it starts with. */
export type UnorderedStart<T, B extends Batch> = readonly [input: UnorderedInput<T, B>, capability: Capability<T>];

/** Adds an input of rows, or of batches of another layout, that the program feeds at any time that a capability allows. */
export function unorderedInput<D, T = number>(scope: Scope<T>, name?: string): UnorderedStart<T, Rows<D>>;
export function unorderedInput<T, B extends Batch>(
  scope: Scope<T>,
  layout: Layout<B>,
  name?: string,
): UnorderedStart<T, B>;
export function unorderedInput<T>(
  scope: Scope<T>,
  first?: string | Layout<Batch>,
  second?: string,
): UnorderedStart<T, Batch> {
  const layout = typeof first === "object" ? first : (rows<unknown>() as Layout<Batch>);
  const name = (typeof first === "object" ? second : first) ?? "unorderedInput";
  const builder = new OperatorBuilder(scope, name);
  const [output, stream] = builder.output(layout);
  let capability: Capability<T> | undefined;
  builder.build(
    (capabilities) => {
      capability = capabilities[0]?.named("fed from outside");
      return () => {}; // what is buffered leaves at the end of the activation
    },
    { notify: false },
  );
  return [new UnorderedInput(stream, output, builder.info), capability as Capability<T>];
}
