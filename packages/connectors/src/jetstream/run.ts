// A launched dataflow between streams: feeds its inputs, publishes its outputs, and says what of that survives a crash.

import { randomUUID } from "node:crypto";
import type { Batch, BatchOf, Client, ClientInput, ClientOutput, Ports, RecordOf } from "@limmat/timely-core";
import { Checkpoints } from "./checkpoints.ts";
import { Feed, type JetStreamInput } from "./feed.ts";
import { Position } from "./position.ts";
import { type JetStreamOutput, Publisher } from "./publisher.ts";
import { JetStreamServer, type NatsServers } from "./server.ts";

/**
 * What the streams hold after any number of crashes and restarts.
 * - `effectively-once`: every output message exactly once and in order, provided that the dataflow is a function of its input.
 * - `at-least-once`: the effect of every input message, perhaps more than once; state that was built up before a crash is lost.
 */
export type Guarantee = "effectively-once" | "at-least-once";

/** Where a run takes up the work of the run before. */
export type Recovery =
  /** At the first message: everything is computed again, and published where it is not in the output yet. The input keeps all messages. */
  | "replay"
  /** Behind the newest checkpoint of the launched definition, with its state. */
  | {
      /** After how many times a checkpoint is taken; blocks of messages, where there is one input. */
      readonly checkpointEvery: number;
    }
  /** Behind the last time whose effects were published. State starts empty. */
  | {
      /** The stream that remembers that time, which is made where there is none: one for each dataflow. */
      readonly position: string;
    };

/** The streams of a dataflow's ports. */
export interface JetStreamOptions<I extends Ports, O extends Ports> extends NatsServers {
  /** The stream that feeds each input port. */
  readonly inputs: { readonly [K in keyof I]: JetStreamInput<RecordOf<BatchOf<I[K]>>> };
  /** The stream that each output port goes to; ports that are not named are not published. */
  readonly outputs: { readonly [K in keyof O]?: JetStreamOutput<RecordOf<BatchOf<O[K]>>> };
  /** Where a run takes up the work of the run before. */
  readonly recovery: Recovery;
}

/** A dataflow that streams feed and that publishes to streams. */
export interface JetStreamRun {
  /** What the streams hold after crashes. */
  readonly guarantee: Guarantee;
  /** Resolves after `close`; rejects with the first error of the server or the dataflow, after which the dataflow is ended too. */
  readonly ended: Promise<void>;
  /** Resolves once everything that comes of this time of the inputs, and of those before, is published and acknowledged. */
  published(time: number): Promise<void>;
  /**
   * Reads no more, and resolves once what comes of all whole blocks that were read is published. The client stays open; what comes out of
   * it afterwards is not published.
   */
  close(): Promise<void>;
}

/**
 * Connects a launched dataflow's ports to streams of NATS JetStream; call it before anything is sent to the client. Rejects with
 * `JetStreamError` when a server or stream can't be used.
 */
export async function jetstream<I extends Ports, O extends Ports>(
  client: Client<I, O>,
  options: JetStreamOptions<I, O>,
): Promise<JetStreamRun> {
  const server = await JetStreamServer.open(options);
  try {
    return await new Run(client as unknown as Client<Ports, Ports>, server, options.recovery).start(options as Streams);
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** The options, without the types of the ports. */
interface Streams {
  readonly inputs: Readonly<Record<string, JetStreamInput<unknown>>>;
  readonly outputs: Readonly<Record<string, JetStreamOutput<unknown>>>;
}

class Run implements JetStreamRun {
  readonly guarantee: Guarantee;
  readonly ended: Promise<void>;
  private readonly client: Client<Ports, Ports>;
  private readonly server: JetStreamServer;
  private readonly recovery: Recovery;
  private readonly feeds: Feed<Batch>[] = [];
  private readonly publishers: Publisher<Batch>[] = [];
  /** Output ports that are not published, whose progress counts all the same. */
  private readonly others: ClientOutput<Batch>[] = [];
  private position: Position | undefined;
  private checkpoints: Checkpoints | undefined;
  /** The last time whose publication is waited for on behalf of the position. */
  private awaited = -1;
  private settle!: { resolve: () => void; reject: (error: unknown) => void };
  private over = false;

  constructor(client: Client<Ports, Ports>, server: JetStreamServer, recovery: Recovery) {
    this.client = client;
    this.server = server;
    this.recovery = recovery;
    this.guarantee = typeof recovery === "object" && "position" in recovery ? "at-least-once" : "effectively-once";
    this.ended = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // Whoever waits for the end sees the error; nobody has to.
    this.ended.catch(() => {});
  }

  async start({ inputs, outputs }: Streams): Promise<this> {
    const { client, server, recovery } = this;
    let from = 0;
    let run: string | undefined;
    if (typeof recovery === "object" && "position" in recovery) {
      this.position = await Position.open(server, recovery.position);
      from = this.position.next;
      run = randomUUID();
    } else if (recovery !== "replay") {
      this.checkpoints = new Checkpoints(client, server, recovery.checkpointEvery, inputs);
      from = this.checkpoints.next;
    }
    this.awaited = from - 1;
    for (const [name, port] of Object.entries(client.outputs as Record<string, ClientOutput<Batch>>)) {
      const output = outputs[name] as JetStreamOutput<RecordOf<Batch>> | undefined;
      if (output === undefined) this.others.push(port);
      else this.publishers.push(await Publisher.open(server, port, output, from, run));
    }
    for (const [name, port] of Object.entries(client.inputs as Record<string, ClientInput<Batch>>)) {
      const input = inputs[name] as JetStreamInput<RecordOf<Batch>> | undefined;
      if (input === undefined) throw server.error(`input port ${name} has no stream`);
      const feed = new Feed(server, port, input, client.workers, from, (time) => this.beforeAdvance(time));
      this.feeds.push(feed);
      await feed.open();
    }
    const activities = [
      ...this.publishers.map((publisher) => publisher.publish()),
      ...this.feeds.map((feed) =>
        feed.read(
          (time) => this.published(time),
          () => this.noteRead(),
        ),
      ),
      ...(this.position === undefined ? [] : [this.position.keep()]),
      client.ended,
    ];
    for (const activity of activities) activity.catch((error: unknown) => this.fail(error));
    return this;
  }

  /** An input is about to go on to a time: the last moment to ask for a checkpoint before it. */
  private beforeAdvance(time: number): void {
    this.checkpoints?.before(time, (covered) => this.published(covered)).catch((error: unknown) => this.fail(error));
  }

  /** Every input has been read up to some time: once its effects are published the position is behind it. */
  private noteRead(): void {
    const { position } = this;
    if (position === undefined) return;
    const complete = Math.min(...this.feeds.map((feed) => feed.complete));
    if (complete <= this.awaited) return;
    this.awaited = complete;
    this.published(complete).then(
      () => position.advance(complete),
      (error: unknown) => this.fail(error),
    );
  }

  async published(time: number): Promise<void> {
    await Promise.all([
      ...this.publishers.map((publisher) => publisher.done(time)),
      ...this.others.map((port) => port.passed(time)),
    ]);
  }

  async close(): Promise<void> {
    if (!this.over) {
      for (const feed of this.feeds) feed.stop();
      const complete = Math.min(...this.feeds.map((feed) => feed.complete));
      if (Number.isFinite(complete)) {
        await Promise.race([this.published(complete), this.ended]);
        this.position?.advance(complete);
        await this.position?.write();
      }
      await this.end(() => this.settle.resolve());
    }
    await this.ended;
  }

  private fail(error: unknown): void {
    if (this.over) return;
    void this.end(() => this.settle.reject(error)).then(() => this.client.abort());
  }

  private async end(settle: () => void): Promise<void> {
    if (this.over) return;
    this.over = true;
    for (const part of [...this.feeds, ...this.publishers, this.position]) part?.stop();
    settle();
    await this.server.close();
  }
}
