// Checkpoints of a run between streams: taken before inputs go beyond their times, and made when what came out is acknowledged.
//
// The input's position is the checkpoint's time, since times are blocks of sequence numbers. What would make a time another position
// is noted with the checkpoint, and has to be the same when it is restored.

import type { Client, Ports } from "@limmat/timely-core";
import { JetStreamError } from "./errors.ts";
import type { JetStreamInput } from "./feed.ts";
import type { JetStreamServer } from "./server.ts";

/** Which messages an input's times stand for. */
interface Source {
  readonly stream: string;
  readonly block: number;
}

/** The checkpoints of one run. */
export class Checkpoints {
  /** The first time that the restored checkpoint does not cover; 0 without one. */
  readonly next: number;
  private readonly client: Client<Ports, Ports>;
  private readonly every: number;
  private readonly sources: Readonly<Record<string, Source>>;
  private last: number;

  constructor(
    client: Client<Ports, Ports>,
    server: JetStreamServer,
    every: number,
    inputs: Readonly<Record<string, JetStreamInput<unknown>>>,
  ) {
    if (!Number.isSafeInteger(every) || every < 1)
      throw new JetStreamError(`checkpointEvery is ${every}: a whole number of times, at least 1`);
    this.client = client;
    this.every = every;
    this.sources = Object.fromEntries(
      Object.entries(inputs).map(([name, { stream, block = 1 }]) => [name, { stream, block }]),
    );
    const { restored } = client;
    this.last = restored?.time ?? -1;
    this.next = this.last + 1;
    if (restored !== undefined) this.requireSame(server, restored.metadata[0]);
  }

  /** Before an input goes on to a time: takes the checkpoint that comes before it, if there is one. `published` says when a time's effects are safe. */
  async before(time: number, published: (time: number) => Promise<void>): Promise<void> {
    const covered = Math.floor(time / this.every) * this.every - 1;
    if (covered <= this.last) return;
    this.last = covered;
    await this.client.checkpoint(covered, { metadata: { sources: this.sources }, before: () => published(covered) });
  }

  private requireSame(server: JetStreamServer, metadata: unknown): void {
    const then = (metadata as { readonly sources?: Readonly<Record<string, Source>> } | undefined)?.sources ?? {};
    for (const [name, { stream, block }] of Object.entries(this.sources)) {
      const source = then[name];
      if (source?.stream === stream && source.block === block) continue;
      const before = source === undefined ? "no stream" : `blocks of ${source.block} of stream ${source.stream}`;
      throw server.error(
        `input ${name} read ${before} when the checkpoint was taken, and is to read blocks of ${block} of stream ${stream}: a time would be another position. Restore with the same, or start without the checkpoint`,
      );
    }
  }
}
