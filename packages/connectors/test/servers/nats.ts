// nats-server with JetStream on file storage.
import { setTimeout as sleep } from "node:timers/promises";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Server, ServerProgram } from "./server.ts";

export const nats: ServerProgram = {
  variable: "LIMMAT_NATS_SERVER",
  arguments: (port, data) => ["--jetstream", "--store_dir", data, "--addr", "127.0.0.1", "--port", String(port)],
};

/** A test's own view of a server's streams. */
export class Streams {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.connection = connection;
    this.manager = manager;
  }

  static async of(server: Server): Promise<Streams> {
    const connection = await connect({
      servers: `127.0.0.1:${server.port}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    return new Streams(connection, await jetstreamManager(connection, { timeout: 500 }));
  }

  /** Resolves once the server answers again. */
  async reachable(): Promise<void> {
    for (let answered = false; !answered; await sleep(20))
      answered = await this.manager.getAccountInfo().then(
        () => true,
        () => false,
      );
  }

  /** Adds a stream of one subject, which has the stream's name in small letters. */
  async add(name: string, more: object = {}): Promise<void> {
    await this.manager.streams.add({ name, subjects: [name.toLowerCase()], ...more });
  }

  async send(stream: string, messages: readonly string[]): Promise<void> {
    const client = jetstream(this.connection);
    for (let i = 0; i < messages.length; i += 100)
      await Promise.all(messages.slice(i, i + 100).map((text) => client.publish(stream.toLowerCase(), text)));
  }

  /** Everything that a stream holds, in order. */
  async all(stream: string): Promise<{ id: string; text: string }[]> {
    const { messages, first_seq } = (await this.manager.streams.info(stream)).state;
    const found: { id: string; text: string }[] = [];
    if (messages === 0) return found;
    const consumer = await jetstream(this.connection).consumers.get(stream, {
      opt_start_seq: first_seq,
      deliver_policy: "by_start_sequence",
    });
    for await (const message of await consumer.consume()) {
      found.push({ id: message.headers?.get("Nats-Msg-Id") ?? "", text: message.string() });
      if (message.info.pending === 0) break;
    }
    return found;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
