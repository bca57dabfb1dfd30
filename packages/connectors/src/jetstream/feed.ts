// One input: reads a stream in order and feeds an input port, each message at the time of its sequence number's block.

import type { Batch, ClientInput, RecordOf } from "@limmat/timely-core";
import type { ConsumerMessages, JsMsg, OrderedConsumerOptions } from "@nats-io/jetstream";
import { type Blocks, blocks } from "./blocks.ts";
import type { JetStreamServer } from "./server.ts";

/** A message as a stream keeps it. */
export interface StreamMessage {
  /** Its content. */
  readonly data: Uint8Array;
  /** What it was published on. */
  readonly subject: string;
  /** Its number in the stream. */
  readonly sequence: number;
}

/** How messages of a stream become records of an input port. */
export interface JetStreamInput<R> {
  /** The stream. */
  readonly stream: string;
  /** How many sequence numbers share a time, 1 unless said otherwise: more cost less each, and wait until their block is full. */
  readonly block?: number;
  /** The records of a message, none to pass it over. */
  decode(message: StreamMessage): Iterable<R>;
}

/** How far a feed may be ahead of what is published, in messages. */
const ahead = 8192;
/** How many records are sent together at most. */
const together = 1024;

/** Feeds one port. */
export class Feed<B extends Batch> {
  /** The last time of which everything was read; -1 before the first. */
  complete: number;
  private readonly server: JetStreamServer;
  private readonly port: ClientInput<B>;
  private readonly input: JetStreamInput<RecordOf<B>>;
  private readonly workers: number;
  private readonly blocks: Blocks;
  private readonly beforeAdvance: (time: number) => void;
  /** The sequence number of the last message read. */
  private last: number;
  private buffered: RecordOf<B>[] = [];
  private messages: ConsumerMessages | undefined;
  private stopped = false;

  constructor(
    server: JetStreamServer,
    port: ClientInput<B>,
    input: JetStreamInput<RecordOf<B>>,
    workers: number,
    from: number,
    beforeAdvance: (time: number) => void,
  ) {
    this.server = server;
    this.port = port;
    this.input = input;
    this.workers = workers;
    this.blocks = blocks(input.block ?? 1);
    this.beforeAdvance = beforeAdvance;
    this.complete = from - 1;
    this.last = this.blocks.firstOf(from) - 1;
    if (port.time < from) port.advanceTo(from);
  }

  /** Gets ready to read. */
  async open(): Promise<void> {
    const { server, input } = this;
    const first = this.last + 1;
    await this.requireKept(first);
    // Such a consumer repeats from where it was when anything was lost, and the server forgets it when it is not used.
    const options: Partial<OrderedConsumerOptions> = { deliver_policy: "by_start_sequence", opt_start_seq: first };
    this.messages = await server.insist(`input stream ${input.stream} can't be read`, async () => {
      const consumer = await server.client.consumers.get(input.stream, options);
      return consumer.consume({ max_messages: 500, idle_heartbeat: 1000, expires: 10_000 });
    });
  }

  /** Reads until stopped; `done` resolves once everything of a time and before is published; `whole` is called when more times are complete. */
  async read(done: (time: number) => Promise<void>, whole: () => void): Promise<void> {
    const { server, input, messages } = this;
    if (messages === undefined) throw new Error("open() comes first");
    void endWithStream(messages);
    const lag = Math.max(1, Math.floor(ahead / this.blocks.size));
    for await (const message of messages) {
      if (this.stopped) break;
      if (message.seq <= this.last) continue;
      if (message.seq > this.last + 1) await this.requireKept(this.last + 1);
      const before = this.complete;
      this.take(message);
      if (this.complete > before) whole();
      if (messages.getPending() === 0 || this.buffered.length >= together) this.flush();
      if (this.complete >= lag) await done(this.complete - lag);
    }
    if (!this.stopped) throw server.error(`input stream ${input.stream} can't be read any more: it is gone`);
  }

  /** Reads nothing any more. */
  stop(): void {
    this.stopped = true;
    this.messages?.stop();
  }

  private take(message: JsMsg): void {
    const { seq: sequence, subject, data } = message;
    const time = this.blocks.timeOf(sequence);
    if (time > this.port.time) this.advance(time);
    try {
      for (const record of this.input.decode({ data, subject, sequence })) this.buffered.push(record);
    } catch (cause) {
      throw this.server.error(`message ${sequence} of input stream ${this.input.stream} can't be decoded`, cause);
    }
    this.last = sequence;
    if (sequence + 1 === this.blocks.firstOf(time + 1)) this.advance(time + 1);
  }

  private advance(time: number): void {
    this.flush();
    this.beforeAdvance(time);
    this.port.advanceTo(time);
    this.complete = time - 1;
  }

  private flush(): void {
    if (this.buffered.length > 0) this.port.send(this.buffered, this.port.time % this.workers);
    this.buffered = [];
  }

  /** Messages that the stream's limits removed before they were read would be missing from every result. */
  private async requireKept(sequence: number): Promise<void> {
    const { server, input } = this;
    const { state } = await server.insist(`input stream ${input.stream} can't be used`, () =>
      server.manager.streams.info(input.stream),
    );
    if (state.first_seq > sequence)
      throw server.error(
        `input stream ${input.stream} has dropped messages ${sequence} to ${state.first_seq - 1}, which were not read yet: raise its limits`,
      );
  }
}

/** The client library goes on asking for a stream that was deleted: ends the reading then. */
async function endWithStream(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) if (type === "stream_not_found") messages.stop();
}
