// The connection to NATS: it outlives restarts of the server, and what goes wrong names it.

import { setTimeout as sleep } from "node:timers/promises";
import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { JetStreamError } from "./errors.ts";

/** Where NATS is, and how to get in. */
export interface NatsServers {
  /** Address or addresses of the servers of one NATS system, such as `127.0.0.1:4222`. */
  readonly servers: string | readonly string[];
  /** A user of NATS, where it asks for one. */
  readonly user?: {
    /** The user's name. */
    readonly name: string;
    /** Its password. */
    readonly password: string;
  };
  /** Certificates in PEM, where the servers ask for TLS. */
  readonly tls?: {
    /** The authority that signed the servers' certificates. */
    readonly ca: string;
    /** This process's own certificate, for mutual TLS. */
    readonly cert?: string;
    /** The key of that certificate. */
    readonly key?: string;
  };
  /** How long, in seconds, the server may be out of reach before the run ends; 60 unless said otherwise. */
  readonly patience?: number;
}

/** How long one request may take, in milliseconds, and how long to wait before the next. */
const requestTimeout = 3000;
const pause = 100;

/** The server's codes for a message that does not follow the one it has to: what that one's loss looks like from behind. */
const outOfOrder = [10070, 10071];

const load = async <M>(name: string, module: Promise<M>): Promise<M> => {
  try {
    return await module;
  } catch (cause) {
    throw new JetStreamError(`the package ${name} can't be loaded: npm install ${name}`, cause);
  }
};

/** An open connection. */
export class JetStreamServer {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  private readonly connection: NatsConnection;
  private readonly name: string;
  private readonly patience: number;
  private readonly permanent: (error: unknown) => boolean;

  private constructor(
    connection: NatsConnection,
    client: JetStreamClient,
    manager: JetStreamManager,
    name: string,
    patience: number,
    permanent: (error: unknown) => boolean,
  ) {
    this.connection = connection;
    this.client = client;
    this.manager = manager;
    this.name = name;
    this.patience = patience * 1000;
    this.permanent = permanent;
  }

  /** Connects. Rejects with `JetStreamError` when there is no such server, it refuses, or it has no JetStream. */
  static async open({ servers, user, tls, patience = 60 }: NatsServers): Promise<JetStreamServer> {
    const { connect } = await load("@nats-io/transport-node", import("@nats-io/transport-node"));
    const { jetstream, jetstreamManager, JetStreamApiError } = await load(
      "@nats-io/jetstream",
      import("@nats-io/jetstream"),
    );
    const name = `NATS at ${[servers].flat().join(", ")}`;
    let connection: NatsConnection | undefined;
    try {
      connection = await connect({
        servers: typeof servers === "string" ? servers : [...servers],
        name: "limmat",
        maxReconnectAttempts: -1,
        reconnectTimeWait: pause,
        timeout: requestTimeout,
        ...(user && { user: user.name, pass: user.password }),
        ...(tls && { tls }),
      });
      const manager = await jetstreamManager(connection, { timeout: requestTimeout });
      const permanent = (error: unknown) =>
        error instanceof JetStreamApiError && error.status < 500 && !outOfOrder.includes(error.code);
      return new JetStreamServer(
        connection,
        jetstream(connection, { timeout: requestTimeout }),
        manager,
        name,
        patience,
        permanent,
      );
    } catch (cause) {
      await connection?.close();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new JetStreamError(
        `${name}: ${reason}; check that it runs with JetStream (nats-server -js), is reachable from here and lets this user in`,
        cause,
      );
    }
  }

  /** An error of this server. */
  error(message: string, cause?: unknown): JetStreamError {
    const reason = cause === undefined ? "" : `: ${cause instanceof Error ? cause.message : cause}`;
    return new JetStreamError(`${this.name}: ${message}${reason}`, cause);
  }

  /** Whether an error is the server's considered answer, rather than a sign that it could not be asked. */
  refused(error: unknown): boolean {
    return this.permanent(error);
  }

  /** Asks until there is an answer, or patience ends; `what` is what could not be done then. An error that the server answers with is thrown at once. */
  async insist<R>(what: string, ask: () => Promise<R>): Promise<R> {
    for (const until = performance.now() + this.patience; ; await sleep(pause)) {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof JetStreamError) throw error;
        if (this.permanent(error) || this.connection.isClosed() || performance.now() > until)
          throw this.error(what, error);
      }
    }
  }

  /** Ends the connection; what was published and acknowledged is with the server. */
  async close(): Promise<void> {
    await this.connection.close();
  }
}
