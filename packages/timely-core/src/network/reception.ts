// Where a process listens for the others: every connection has to prove itself within a few seconds and a few kilobytes, before anything
// it says has any effect.

import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { deadline, type Identity, newNonce } from "./connection.ts";
import { ConnectError } from "./errors.ts";
import {
  difference,
  encoded,
  HandshakeFailure,
  type Hello,
  helloOf,
  isProof,
  MessageGatherer,
  proof,
} from "./handshake.ts";
import type { Host } from "./processes.ts";

/** The most connections that may be in their handshake at once. */
const mostUnknown = 512;

/** What a reception asks and tells. */
export interface Visitors {
  /** Whether a process already has a connection of that kind; a second one is turned away. */
  isTaken(hello: Hello): boolean;
  /** Takes a connection that proved itself; bytes go out on it. */
  welcome(socket: Socket, hello: Hello): void;
  /** Told why somebody was turned away: who it claims to be, where that is known. */
  refused(problem: string, process: number | undefined): void;
}

/** Listens until it is closed. */
export class Reception {
  private readonly server: Server;
  private readonly unknown = new Set<Socket>();

  private constructor(server: Server) {
    this.server = server;
  }

  /**
   * Begins to listen at a host's address, or at another one on the same port.
   * @throws ConnectError when that can't be.
   */
  static async open(
    host: Host,
    listen: string | undefined,
    identity: Identity,
    visitors: Visitors,
  ): Promise<Reception> {
    const receive = (socket: Socket): void => void reception.receive(socket, identity, visitors);
    const { tls } = identity;
    const server =
      tls === undefined
        ? createServer(receive)
        : createTlsServer(
            {
              key: tls.key,
              cert: tls.cert,
              ca: tls.ca,
              requestCert: true,
              rejectUnauthorized: true,
              minVersion: "TLSv1.3",
              handshakeTimeout: 5000,
            },
            receive,
          );
    const reception = new Reception(server);
    server.on("tlsClientError", (error: Error) => visitors.refused(`TLS failed (${error.message})`, undefined));
    const address = listen ?? host.address;
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(new ConnectError(unusable(error, address, host))));
      server.listen(host.port, address, resolve);
    });
    return reception;
  }

  /** Stops listening, and turns away who has not proved itself. */
  close(): void {
    this.server.close();
    for (const socket of this.unknown) socket.destroy();
  }

  private async receive(socket: Socket, identity: Identity, visitors: Visitors): Promise<void> {
    if (this.unknown.size >= mostUnknown) {
      socket.destroy();
      return;
    }
    this.unknown.add(socket);
    const gatherer = new MessageGatherer();
    const push = (bytes: Uint8Array): void => gatherer.push(bytes);
    const onClose = (): void => gatherer.fail(new HandshakeFailure("it closed the connection in the handshake"));
    const overdue = deadline(socket, gatherer);
    socket.on("data", push);
    socket.on("error", (error) => gatherer.fail(error));
    socket.on("close", onClose);
    socket.setNoDelay(true);
    let claimed: number | undefined;
    try {
      const peerText = await gatherer.next();
      const peer = helloOf(peerText);
      claimed = peer.process;
      const own: Hello = { ...identity.hello(), to: peer.process, lane: peer.lane, nonce: newNonce() };
      const taken = visitors.isTaken(peer);
      const ownText = JSON.stringify(taken ? { ...own, taken } : own);
      socket.write(encoded(ownText, true));
      const why = difference(own, peer) ?? (taken ? "it is connected already" : undefined);
      if (why !== undefined) {
        // The caller finds the same difference, and says so where it is seen.
        socket.end();
        throw new HandshakeFailure(why);
      }
      if (identity.secret !== undefined) {
        socket.write(encoded(proof(identity.secret, "called", peerText, ownText), false));
        const proved = await gatherer.next();
        if (!isProof(proved, proof(identity.secret, "caller", peerText, ownText))) {
          throw new HandshakeFailure("its secret is another one");
        }
      }
      // Meanwhile another one may have come.
      if (visitors.isTaken(peer)) throw new HandshakeFailure("it is connected already");
      socket.off("data", push);
      // Nothing more is said by who called; its end is to be noticed.
      socket.resume();
      socket.write(encoded("welcome", false));
      visitors.welcome(socket, peer);
    } catch (error) {
      visitors.refused(error instanceof Error ? error.message : String(error), claimed);
      if (!socket.writableEnded) socket.destroy();
      else socket.resume();
    } finally {
      overdue();
      socket.off("close", onClose);
      this.unknown.delete(socket);
    }
  }
}

function unusable(error: NodeJS.ErrnoException, address: string, host: Host): string {
  const where = `process can't listen at ${address}, port ${host.port}`;
  switch (error.code) {
    case "EADDRINUSE":
      return `${where}: it is in use, perhaps by a process of an earlier run, or by another one with the same index`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${where}: that is no address of this machine (${error.code}); give its own, or say where to listen`;
    default:
      return `${where}: ${error.message}`;
  }
}
