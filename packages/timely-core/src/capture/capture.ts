// Captures a stream: writes down what passes and how its frontier moves. After timely dataflow's `capture_into`.

import type { Batch } from "../batch/index.ts";
import { pipeline } from "../dataflow/channels/pact.ts";
import { OperatorBuilder } from "../dataflow/operator-builder.ts";
import type { Stream, Through } from "../dataflow/stream.ts";
import { CaptureEncoder } from "./encoder.ts";
import type { CaptureSink } from "./event.ts";

/**
 * Ends a pipe in a sink, an `eventLog` for one. Each worker captures what it sees itself: its own batches, and the frontier of the stream,
 * which is everybody's. So the whole is what all workers captured, and `replay` takes any number of captured streams.
 */
export function capture<T, B extends Batch>(sink: CaptureSink<T, B>): Through<Stream<T, B>, void> {
  return (stream) => {
    const { domain } = stream.scope;
    const builder = new OperatorBuilder(stream.scope, "capture");
    const input = builder.input(stream, pipeline);
    let told: readonly T[] = [domain.minimum];
    builder.build(() => () => {
      input.forEach(({ time }, batch) => sink.push({ kind: "batch", time, batch }));
      const elements = [...input.frontier.elements];
      const has = (times: readonly T[], time: T): boolean => times.some((each) => domain.compare(each, time) === 0);
      const gained = elements.filter((time) => !has(told, time)).map((time) => [time, 1] as const);
      const lost = told.filter((time) => !has(elements, time)).map((time) => [time, -1] as const);
      told = elements;
      if (gained.length + lost.length > 0) sink.push({ kind: "frontier", changes: [...gained, ...lost] });
    });
  };
}

/**
 * Ends a pipe in bytes, which `write` is given in order, each piece an array of its own: append them to a file, or send them over a socket.
 * `capturedBytes` reads them back.
 */
export function captureInto<T, B extends Batch>(write: (bytes: Uint8Array) => void): Through<Stream<T, B>, void> {
  return (stream) => capture<T, B>(new CaptureEncoder(stream.scope.domain, stream.layout, write))(stream);
}
