// One output: takes what a dataflow's output port brings, and publishes each time once it is complete, in order.
//
// Each message says which one it has to follow: the first of a burst the one that was seen to be last, any other the one before it. So a
// stream has every message once and in order, whatever is lost on the way, how often a run is repeated and however long that takes.
// Sequence numbers alone would not do: when a stranger writes, they have what follows a refused message accepted in its place.

import type { Batch, ClientOutput, RecordOf } from "@limmat/timely-core";
import { Changes } from "../changes.ts";
import { canonical } from "./canonical.ts";
import { isAfter, messageId, type Place } from "./message-id.ts";
import type { JetStreamServer } from "./server.ts";
import { readTail, type Tail } from "./tail.ts";

/** How records of an output port become messages. */
export interface JetStreamOutput<R> {
  /** The stream, which nobody else may write to and which keeps at least its last message. */
  readonly stream: string;
  /** The subject to publish on, one of the stream's. */
  readonly subject: string;
  /** The content of a record's message. */
  encode(record: R): string | Uint8Array;
}

interface Message {
  readonly place: Place;
  readonly data: Uint8Array;
}

/** How many messages may wait for their acknowledgement, and how many are seen through before the next. */
const inFlight = 256;
const together = 4096;
const encoder = new TextEncoder();

/** Publishes what comes out of one port. */
export class Publisher<B extends Batch> {
  private readonly server: JetStreamServer;
  private readonly output: JetStreamOutput<RecordOf<B>>;
  private readonly run: string | undefined;
  private readonly unsubscribe: () => void;
  private readonly pending = new Map<number, Uint8Array[]>();
  private readonly changes = new Changes();
  /** Everything before this time has come out of the port. */
  private complete: number;
  /** Everything before this time is acknowledged. */
  private published: number;
  private waiting: { time: number; resolve: () => void }[] = [];
  private tail: Tail;
  private stopped = false;

  private constructor(
    server: JetStreamServer,
    port: ClientOutput<B>,
    output: JetStreamOutput<RecordOf<B>>,
    tail: Tail,
    from: number,
    run: string | undefined,
  ) {
    this.server = server;
    this.published = from;
    this.output = output;
    this.tail = tail;
    this.run = run;
    const least = (times: readonly number[]) => Math.min(...times, Number.POSITIVE_INFINITY);
    this.complete = least(port.frontier);
    this.unsubscribe = port.subscribe({
      batch: (batch, time) => this.collect(batch, time),
      frontier: (times) => {
        this.complete = least(times);
        this.changes.note();
      },
    });
  }

  /**
   * Starts to take what a port brings from a time on. With `run`, the name of a run whose times mean nothing to another, everything is
   * published; without, only what is not in the stream yet.
   */
  static async open<B extends Batch>(
    server: JetStreamServer,
    port: ClientOutput<B>,
    output: JetStreamOutput<RecordOf<B>>,
    from: number,
    run: string | undefined,
  ): Promise<Publisher<B>> {
    await server.insist(`output stream ${output.stream} can't be used`, () =>
      server.manager.streams.info(output.stream),
    );
    const tail = run === undefined ? await readTail(server, output.stream) : { sequence: 0, last: undefined };
    return new Publisher(server, port, output, tail, from, run);
  }

  /** Publishes until stopped; rejects with `JetStreamError` when that can't go on. */
  async publish(): Promise<void> {
    while (!this.stopped) {
      const { complete } = this;
      if (complete <= this.published) {
        await this.changes.next(60_000);
        continue;
      }
      const times = [...this.pending.keys()].filter((time) => time < complete).sort((a, b) => a - b);
      const messages = times.flatMap((time) =>
        canonical(this.pending.get(time) as Uint8Array[]).map((data, ordinal) => ({ place: { time, ordinal }, data })),
      );
      this.requireSame(messages, complete);
      for (let i = 0; i < messages.length; i += together) await this.publishAll(messages.slice(i, i + together));
      for (const time of times) this.pending.delete(time);
      this.published = complete;
      const due = this.waiting.filter(({ time }) => time < complete);
      this.waiting = this.waiting.filter(({ time }) => time >= complete);
      for (const { resolve } of due) resolve();
    }
  }

  /** Resolves once everything at `time` and before is acknowledged. */
  done(time: number): Promise<void> {
    return time < this.published ? Promise.resolve() : new Promise((resolve) => this.waiting.push({ time, resolve }));
  }

  /** Takes and publishes nothing any more. */
  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    this.changes.note();
  }

  private collect(batch: B, time: number): void {
    const messages = this.pending.get(time) ?? [];
    this.pending.set(time, messages);
    for (let i = 0; i < batch.length; i++) {
      const data = this.output.encode(batch.get(i) as RecordOf<B>);
      messages.push(typeof data === "string" ? encoder.encode(data) : data.slice());
    }
  }

  /** A dataflow that gives other results the second time can't have effects once: says so where that shows. */
  private requireSame(messages: readonly Message[], complete: number): void {
    const { last } = this.tail;
    if (last === undefined || last.place.time < this.published || last.place.time >= complete) return;
    const again = messages.find(({ place }) => place.time === last.place.time && place.ordinal === last.place.ordinal);
    if (again !== undefined && Buffer.compare(again.data, last.data) === 0) return;
    throw this.server.error(
      `output stream ${this.output.stream} has at time ${last.place.time} what this run does not give at that time: the dataflow must be a function of its input; after a change to it use new streams`,
    );
  }

  private async publishAll(messages: readonly Message[]): Promise<void> {
    const { server, output } = this;
    if (this.run !== undefined) {
      // The id keeps what is sent twice from being there twice, for as long as the server remembers it.
      await server.insist(`output stream ${output.stream} can't be published to`, () => this.burst(messages));
      return;
    }
    let left = this.missing(messages);
    await server.insist(`output stream ${output.stream} can't be published to`, async () => {
      try {
        await this.burst(left);
      } catch (error) {
        const { sequence } = this.tail;
        this.tail = await readTail(server, output.stream);
        left = this.missing(left);
        // What the server refuses for another reason than what came before it stays refused.
        if (server.refused(error) && this.tail.sequence === sequence) throw error;
        if (left.length > 0) throw new Error("not everything is acknowledged", { cause: error });
      }
    });
  }

  /** The messages that come after the stream's last one. */
  private missing(messages: readonly Message[]): readonly Message[] {
    const { last } = this.tail;
    return last === undefined ? messages : messages.filter(({ place }) => isAfter(place, last.place));
  }

  /** Publishes messages without waiting for each; returns once all are acknowledged, or throws the first failure. */
  private async burst(messages: readonly Message[]): Promise<void> {
    const { server, output, run } = this;
    const first = this.tail.sequence;
    const acknowledgements: Promise<void>[] = [];
    const failures: unknown[] = [];
    const id = (place: Place) => messageId(output.stream, place, run);
    for (const [i, { place, data }] of messages.entries()) {
      const before = messages[i - 1];
      const follows = before === undefined ? { lastSequence: first } : { lastMsgID: id(before.place) };
      const published = server.client.publish(output.subject, data, {
        msgID: id(place),
        expect: { streamName: output.stream, ...(run === undefined && follows) },
      });
      acknowledgements.push(
        published.then(
          ({ seq }) => {
            if (run === undefined && seq !== first + i + 1)
              failures.push(new Error(`message ${seq} was there before, instead of ${first + i + 1}`));
          },
          (error: unknown) => void failures.push(error),
        ),
      );
      if (acknowledgements.length >= inFlight) await acknowledgements.shift();
      if (failures.length > 0) break;
    }
    await Promise.all(acknowledgements);
    if (failures.length > 0) throw failures[0];
    const last = messages.at(-1);
    if (run === undefined && last !== undefined) this.tail = { sequence: first + messages.length, last };
  }
}
