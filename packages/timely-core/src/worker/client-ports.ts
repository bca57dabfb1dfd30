// The workers' side of a client's ports: an input that is fed by messages, and an output that sends batches and its frontier.
//
// Both use a channel's messages. From the client, a message without records advances the input to its time, and one without a time closes
// it. To the client, a message without records carries the frontier: its payload is the number of elements and the elements.

import type { Batch, Layout } from "../batch/index.ts";
import { ByteWriter } from "../codec/index.ts";
import type { Message } from "../communication/index.ts";
import { FrameWriter, readBatch, readTime } from "../dataflow/channels/channel.ts";
import type { Frame } from "../dataflow/channels/frame.ts";
import { pipeline } from "../dataflow/channels/pact.ts";
import { Traffic } from "../dataflow/channels/traffic.ts";
import type { Input } from "../dataflow/index.ts";
import { input } from "../dataflow/input.ts";
import { OperatorBuilder } from "../dataflow/operator-builder.ts";
import type { Scope } from "../dataflow/scope.ts";
import type { Stream } from "../dataflow/stream.ts";

/** Adds the input of a client's port, and returns its stream. The port's channel is the next one of the dataflow. */
export function clientInput<B extends Batch>(scope: Scope<number>, layout: Layout<B>, name: string): Stream<number, B> {
  const fed: Input<number, B> = input(scope, layout, name);
  const traffic = new Traffic("client");
  scope.context.addChannel({
    traffic,
    receive(frame: Readonly<Frame>, message: Message): void {
      traffic.received(frame.records, message.length);
      if (frame.records > 0) {
        const time = readTime(scope.domain, frame, message);
        if (time !== fed.time) fed.advanceTo(time);
        fed.sendBatch(readBatch(layout, frame, message));
        return;
      }
      if (frame.timeBytes > 0) fed.advanceTo(readTime(scope.domain, frame, message));
      else fed.close();
      message.release();
    },
    discard: () => {},
  });
  return fed.stream;
}

/** Adds the output of a client's port, and returns what ends a stream in it. The port's channel is the next one of the dataflow. */
export function clientOutput<B extends Batch>(
  scope: Scope<number>,
  layout: Layout<B>,
  name: string,
): (stream: Stream<number, B>) => void {
  const { context, domain } = scope;
  const traffic = new Traffic("client");
  const channel = context.addChannel({
    traffic,
    receive: (_, message) => message.release(),
    discard: () => {},
  });
  const writer = new FrameWriter(context, domain, channel, traffic);
  return (stream) => {
    const builder = new OperatorBuilder(scope, name);
    const port = builder.input(stream, pipeline);
    const encoded = new ByteWriter();
    let reported: readonly number[] = [];
    let ended = false;
    builder.build(() => () => {
      port.forEach((capability, batch) => {
        const space = writer.begin(context.client, capability.time, batch.length, layout.byteLength(batch));
        layout.encode(batch, space.bytes, space.offset);
        context.end(context.client);
      });
      const { elements } = port.frontier;
      if (ended || (elements.length > 0 && sameTimes(elements, reported))) return;
      ended = elements.length === 0;
      reported = elements.slice();
      encoded.reset();
      encoded.varint(elements.length);
      for (const time of elements) domain.codec.write(time, encoded);
      const bytes = encoded.finish();
      const space = writer.begin(context.client, domain.minimum, 0, bytes.length);
      space.bytes.set(bytes, space.offset);
      context.end(context.client);
    });
  };
}

function sameTimes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((time, i) => time === b[i]);
}
