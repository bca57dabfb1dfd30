// Between a scope and the one it is nested in: Naiad's ingress and egress vertices (SOSP 2013, section 2.1).

import type { Batch } from "../../batch/index.ts";
import { OutputPort, type Pusher } from "../channels/output-port.ts";
import { GraphError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import { Stream, type Through } from "../stream.ts";

/** Brings a stream into a scope nested in its own, its times extended by the least inner time. */
export function enter<T, I, B extends Batch>(inner: Scope<I>): Through<Stream<T, B>, Stream<I, B>> {
  return (stream) => {
    const outer = stream.scope;
    if (inner.parent !== (outer as unknown)) {
      throw new GraphError(`enter(): scope ${inner.name} is not nested directly in ${outer.name}, where the stream is`);
    }
    const { target, source, enterTime } = inner.subgraph.addInput();
    const port = new OutputPort<I, B>(inner.subgraph, inner.place("enter"), source, stream.layout);
    const pusher: Pusher<T, B> = {
      copies: 1,
      push(time, batch) {
        const innerTime: I = enterTime(time);
        // Consumed outside and produced inside, in one atomic batch of the inner scope.
        inner.subgraph.record(source, innerTime, batch.length);
        port.send(innerTime, batch);
      },
    };
    outer.subgraph.connect(stream.source, target);
    outer.context.describe(`${outer.name}: ${stream.source} to ${target} into ${inner.name}`);
    stream.output.addPusher(target, pusher);
    return new Stream(inner, port, source);
  };
}

/** Brings a stream out of a nested scope into the one around it, its times without their inner part. */
export function leave<I, T, B extends Batch>(outer: Scope<T>): Through<Stream<I, B>, Stream<T, B>> {
  return (stream) => {
    const inner = stream.scope;
    if (inner.parent !== (outer as unknown)) {
      throw new GraphError(
        `leave(): scope ${inner.name}, where the stream is, is not nested directly in ${outer.name}`,
      );
    }
    const { target, source, leaveTime } = inner.subgraph.addOutput();
    const port = new OutputPort<T, B>(outer.subgraph, outer.place("leave"), source, stream.layout);
    inner.subgraph.connect(stream.source, target);
    inner.context.describe(`${inner.name}: ${stream.source} to ${target} out to ${outer.name}`);
    stream.output.addPusher(target, { copies: 1, push: (time, batch) => port.deliver(leaveTime(time), batch) });
    return new Stream(outer, port, source);
  };
}
