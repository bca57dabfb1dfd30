// How far a run without checkpoints has come, kept in a stream of its own: the last message says which times are done with.
//
// Not a durable consumer of the input: its server delivers what a dead process has not acknowledged later than what comes after it.

import { Changes } from "../changes.ts";
import type { JetStreamServer } from "./server.ts";

/** Keeps one number. */
export class Position {
  private readonly server: JetStreamServer;
  private readonly stream: string;
  private readonly changes = new Changes();
  private done: number;
  private kept: number;
  private stopped = false;

  private constructor(server: JetStreamServer, stream: string, done: number) {
    this.server = server;
    this.stream = stream;
    this.done = done;
    this.kept = done;
  }

  /** Reads the position, or begins a new one. */
  static async open(server: JetStreamServer, stream: string): Promise<Position> {
    return server.insist(`position stream ${stream} can't be used`, async () => {
      const { state } = await server.manager.streams.add({
        name: stream,
        subjects: [subjectOf(stream)],
        max_msgs_per_subject: 1,
      });
      const last =
        state.messages === 0 ? null : await server.manager.streams.getMessage(stream, { seq: state.last_seq });
      const done = last === null ? -1 : Number(last.string());
      if (Number.isSafeInteger(done)) return new Position(server, stream, done);
      throw server.error(`stream ${stream} holds no position but "${last?.string()}": name another one`);
    });
  }

  /** The first time that is not done with. */
  get next(): number {
    return this.done + 1;
  }

  /** Everything of this time and those before is done with. */
  advance(done: number): void {
    this.done = done;
    this.changes.note();
  }

  /** Writes the position down whenever it has changed, until stopped. */
  async keep(): Promise<void> {
    while (!this.stopped) {
      if (this.done > this.kept) await this.write();
      else await this.changes.next(60_000);
    }
  }

  /** Writes the position down. */
  async write(): Promise<void> {
    const { done } = this;
    await this.server.insist(`position stream ${this.stream} can't be written`, () =>
      this.server.client.publish(subjectOf(this.stream), String(done)),
    );
    this.kept = Math.max(this.kept, done);
  }

  /** Writes nothing any more. */
  stop(): void {
    this.stopped = true;
    this.changes.note();
  }
}

const subjectOf = (stream: string): string => `limmat.position.${stream}`;
