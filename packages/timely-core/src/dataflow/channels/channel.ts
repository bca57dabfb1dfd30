// The way from an output to an input: on one worker a hand-over, between workers messages with a header (engine rules 6, 8 and 9).

import type { Batch, Layout, Scatter } from "../../batch/index.ts";
import { ByteReader, ByteWriter } from "../../codec/index.ts";
import type { Message, MessageSpace } from "../../communication/index.ts";
import type { TimeDomain } from "../../order/index.ts";
import type { ChannelEnd, DataflowContext } from "../context.ts";
import { aligned, emptyFrame, type Frame, frameHeader, frameLength, writeFrame } from "./frame.ts";
import type { Pusher } from "./output-port.ts";
import { assign, type Exchange, type Pact } from "./pact.ts";
import { type Edge, Traffic } from "./traffic.ts";

/** What batches are delivered to at the end of a channel. */
export interface Sink<T, B extends Batch> {
  /** Takes over a batch. */
  accept(time: T, batch: B): void;
  /** Gives up what waits to be read. */
  discard(): void;
}

/** Writes the messages of one channel to other endpoints. */
export class FrameWriter<T> {
  private readonly context: DataflowContext;
  private readonly domain: TimeDomain<T>;
  private readonly channel: number;
  private readonly sequences: Uint32Array;
  private readonly frame: Frame = emptyFrame();
  private readonly time = new ByteWriter(16);
  private readonly traffic: Traffic;

  constructor(context: DataflowContext, domain: TimeDomain<T>, channel: number, traffic: Traffic) {
    this.context = context;
    this.traffic = traffic;
    this.domain = domain;
    this.channel = channel;
    this.sequences = new Uint32Array(context.peers + 1);
  }

  /** Opens a message and writes all but its payload, which goes to `offset` of the returned space; `context.end` closes it. */
  begin(endpoint: number, time: T, records: number, payloadBytes: number): MessageSpace {
    const { context, frame } = this;
    this.time.reset();
    this.domain.codec.write(time, this.time);
    const timeBytes = this.time.finish();
    const sequence = this.sequences[endpoint] as number;
    this.sequences[endpoint] = sequence + 1;
    frame.stamp = context.stamp;
    frame.dataflow = context.id;
    frame.channel = this.channel;
    frame.sender = context.index;
    frame.sequence = sequence;
    frame.records = records;
    frame.timeBytes = timeBytes.length;
    frame.payloadBytes = payloadBytes;
    const length = frameLength(timeBytes.length, payloadBytes);
    this.traffic.sent(records, length);
    if (context.messageLog !== undefined) context.messageLog.sent(this.traffic, endpoint, records, length);
    const space = context.begin(endpoint, length);
    writeFrame(frame, space.bytes, space.offset);
    space.bytes.set(timeBytes, space.offset + frameHeader);
    space.offset += frameHeader + aligned(timeBytes.length);
    return space;
  }
}

/** Reads the time of a message. */
export function readTime<T>(domain: TimeDomain<T>, frame: Readonly<Frame>, message: Message): T {
  const start = message.offset + frameHeader;
  return domain.codec.read(new ByteReader(message.bytes, start, start + frame.timeBytes));
}

/** Decodes the payload of a message, which is given back when the batch is done with it. */
export function readBatch<B extends Batch>(layout: Layout<B>, frame: Readonly<Frame>, message: Message): B {
  const start = message.offset + frameHeader + aligned(frame.timeBytes);
  if (layout.kind === "columns") {
    return layout.decode(message.bytes, start, frame.payloadBytes, { onReleased: () => message.release() });
  }
  const batch = layout.decode(message.bytes, start, frame.payloadBytes);
  message.release();
  return batch;
}

/** One edge of the graph on one worker: takes batches from an output there, and delivers to the input there. */
export class Channel<T, B extends Batch> implements Pusher<T, B>, ChannelEnd {
  readonly copies: number;
  readonly traffic: Traffic;
  private readonly context: DataflowContext;
  private readonly domain: TimeDomain<T>;
  private readonly layout: Layout<B>;
  private readonly pact: Pact<B>;
  private readonly sink: Sink<T, B>;
  private readonly writer: FrameWriter<T>;
  private readonly scatter: Scatter<B> | undefined;
  // The peers that the batch under way has an open message to.
  private readonly opened: number[] = [];

  constructor(
    context: DataflowContext,
    domain: TimeDomain<T>,
    operator: string,
    layout: Layout<B>,
    pact: Pact<B>,
    sink: Sink<T, B>,
    edge: Edge,
  ) {
    this.context = context;
    this.domain = domain;
    this.layout = layout;
    this.pact = pact;
    this.copies = pact.kind === "broadcast" ? context.peers : 1;
    this.sink = sink;
    this.traffic = new Traffic(pact.kind === "pipeline" || pact.kind === "broadcast" ? pact.kind : "exchange", edge);
    const number = context.addChannel(this);
    context.describe(`channel ${number} to ${operator} by ${pact.kind} of ${layout.fingerprint}`);
    this.writer = new FrameWriter(context, domain, number, this.traffic);
    const divides = pact.kind === "hash" || pact.kind === "worker";
    this.scatter = divides && context.peers > 1 ? layout.scatter(context.peers) : undefined;
  }

  push(time: T, batch: B): void {
    const { pact, scatter } = this;
    if (pact.kind === "pipeline") {
      this.hand(time, batch);
    } else if (this.context.peers === 1) {
      this.hand(time, this.unshared(batch));
    } else if (pact.kind === "broadcast") {
      this.broadcast(time, batch);
    } else {
      this.exchange(time, batch, pact, scatter as Scatter<B>);
    }
  }

  receive(frame: Readonly<Frame>, message: Message): void {
    const time = readTime(this.domain, frame, message);
    this.traffic.received(frame.records, message.length);
    const { messageLog } = this.context;
    if (messageLog !== undefined) messageLog.received(this.traffic, frame.sender, frame.records, message.length);
    this.deliver(time, readBatch(this.layout, frame, message));
  }

  /** Hands what stays on this worker over. */
  private hand(time: T, batch: B): void {
    const { messageLog, index } = this.context;
    if (messageLog !== undefined) {
      messageLog.sent(this.traffic, index, batch.length, 0);
      messageLog.received(this.traffic, index, batch.length, 0);
    }
    this.deliver(time, batch);
  }

  discard(): void {
    this.sink.discard();
  }

  private deliver(time: T, batch: B): void {
    const piece = this.context.batchPiece();
    if (batch.length <= piece) {
      this.sink.accept(time, batch);
      return;
    }
    for (let from = 0; from < batch.length; from += piece) {
      this.sink.accept(time, this.layout.slice(batch, from, Math.min(batch.length, from + piece)));
    }
    batch.release();
  }

  private broadcast(time: T, batch: B): void {
    const { context, layout } = this;
    const bytes = layout.byteLength(batch);
    for (let peer = 0; peer < context.peers; peer++) {
      if (peer === context.index) continue;
      const space = this.writer.begin(peer, time, batch.length, bytes);
      layout.encode(batch, space.bytes, space.offset);
      context.end(peer);
    }
    this.hand(time, this.unshared(batch));
  }

  private exchange(time: T, batch: B, pact: Exchange<B>, scatter: Scatter<B>): void {
    const { context } = this;
    assign(pact, batch, scatter);
    scatter.plan(batch);
    const { opened } = this;
    for (let peer = 0; peer < context.peers; peer++) {
      const count = scatter.counts[peer] as number;
      if (count === 0 || peer === context.index) continue;
      const space = this.writer.begin(peer, time, count, scatter.byteLength(peer));
      scatter.place(peer, space.bytes, space.offset);
      opened.push(peer);
    }
    const own = scatter.run(context.index);
    for (let i = 0; i < opened.length; i++) context.end(opened[i] as number);
    opened.length = 0;
    batch.release();
    if (own !== undefined) this.hand(time, own);
  }

  /**
   * In development rows are copied by value to this worker as well, so that no program comes to depend on identity (rule 10). A scatter
   * does so by itself.
   */
  private unshared(batch: B): B {
    const { layout } = this;
    if (layout.kind !== "rows" || !this.context.development) return batch;
    const bytes = new Uint8Array(layout.byteLength(batch));
    layout.encode(batch, bytes, 0);
    batch.release();
    return layout.decode(bytes, 0, bytes.length, { own: true });
  }
}
