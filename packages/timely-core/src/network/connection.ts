// One connection between two processes, from the call to the end of the handshake. The process that receives calls the one that sends, as
// Node reads into memory of one's own only on sockets that it opened itself: more than twice as fast as a new buffer for every read.

import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { HandshakeError } from "./errors.ts";
import {
  difference,
  encoded,
  HandshakeFailure,
  type Hello,
  helloOf,
  isProof,
  type Lane,
  MessageGatherer,
  proof,
} from "./handshake.ts";
import type { Host, TlsCredentials } from "./processes.ts";

/** What a process says of itself on every connection. */
export type OwnHello = () => Omit<Hello, "nonce" | "to" | "lane">;

/** What both ends of all connections need. */
export interface Identity {
  readonly hello: OwnHello;
  readonly secret: string | undefined;
  readonly tls: TlsCredentials | undefined;
}

/** Takes the bytes of a connection; returns whether more are wanted now. */
export type Consumer = (bytes: Uint8Array, start: number, end: number) => boolean;

/** A connection that was called, and on which bytes come. */
export interface Incoming {
  readonly socket: Socket;
  readonly peer: Hello;
  /** Says who takes the bytes from now on, those included that came already. */
  readonly consume: (consumer: Consumer) => void;
}

/** What is read at once: what fits a cache. With four times as much a round of large batches took as long, or longer. */
const readBytes = 2 ** 16;
/** How long a call, or a handshake, may take in milliseconds. */
const patience = 5000;
/** Between two calls, in milliseconds. */
const shortestPause = 20;
const longestPause = 500;

/** Errors of a call that say that the other end is not what it should be, rather than not there yet. */
const certificateErrors = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/;

/** A nonce. */
export function newNonce(): string {
  return randomBytes(16).toString("hex");
}

/** Closes a connection whose other end takes too long; returns how to call that off. */
export function deadline(socket: Socket, gatherer: MessageGatherer): () => void {
  const timer = setTimeout(() => {
    gatherer.fail(new HandshakeFailure(`the handshake took longer than ${patience / 1000} seconds`));
    socket.destroy();
  }, patience);
  return () => clearTimeout(timer);
}

/**
 * Calls a process again and again until it takes the connection or the signal ends it; `report` is told what stands in the way.
 * @throws HandshakeError when the process that is there does not belong to this run.
 */
export async function call(
  host: Host,
  process: number,
  lane: Lane,
  identity: Identity,
  signal: AbortSignal,
  report: (problem: string) => void,
): Promise<Incoming> {
  for (let pause = shortestPause; ; pause = Math.min(2 * pause, longestPause)) {
    try {
      return await callOnce(host, process, lane, identity, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HandshakeError) throw error;
      const code = (error as NodeJS.ErrnoException).code ?? "";
      const message = problemOf(error);
      if (certificateErrors.test(code)) {
        throw new HandshakeError(
          process,
          host.name,
          `TLS failed (${message}): give all processes tls, certificates that name their hosts, and the same ca`,
        );
      }
      report(message);
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, pause);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done);
    });
    signal.throwIfAborted();
  }
}

/** What stood in the way, in a few words. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's own words for it don't say what it mostly means.
  if (error.message.includes("before secure TLS connection"))
    return "closed before TLS was established: has it no tls?";
  return error.message;
}

async function callOnce(
  host: Host,
  process: number,
  lane: Lane,
  identity: Identity,
  signal: AbortSignal,
): Promise<Incoming> {
  const gatherer = new MessageGatherer();
  let consumer: Consumer = (bytes, start, end) => {
    gatherer.push(bytes.slice(start, end));
    return true;
  };
  const socket = open(host, identity.tls, (bytes, end) => consumer(bytes, 0, end));
  const onError = (error: Error): void => gatherer.fail(error);
  const onClose = (): void =>
    gatherer.fail(new HandshakeFailure("it closed the connection in the handshake: does it want tls?"));
  const onAbort = (): void => void socket.destroy();
  const overdue = deadline(socket, gatherer);
  socket.on("error", onError);
  socket.on("close", onClose);
  signal.addEventListener("abort", onAbort);
  try {
    const own: Hello = { ...identity.hello(), to: process, lane, nonce: newNonce() };
    const ownText = JSON.stringify(own);
    socket.setNoDelay(true);
    socket.write(encoded(ownText, true));
    const peerText = await gatherer.next();
    const peer = helloOf(peerText);
    const why = difference(own, peer);
    if (why !== undefined) throw new HandshakeError(process, host.name, why);
    if (peer.taken) {
      throw new HandshakeError(
        process,
        host.name,
        `process ${own.process} is connected there already: was index ${own.process} given to two processes?`,
      );
    }
    if (identity.secret !== undefined) {
      const proved = await gatherer.next();
      if (!isProof(proved, proof(identity.secret, "called", ownText, peerText))) {
        throw new HandshakeError(
          process,
          host.name,
          `its secret is not that of process ${own.process}: give all processes the same secret`,
        );
      }
      socket.write(encoded(proof(identity.secret, "caller", ownText, peerText), false));
    }
    if ((await gatherer.next()) !== "welcome") throw new HandshakeFailure("it does not keep to the handshake");
    const rest = gatherer.rest();
    return {
      socket,
      peer,
      consume: (next) => {
        consumer = next;
        if (rest.length > 0) next(rest, 0, rest.length);
      },
    };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    overdue();
    socket.off("error", onError);
    // Until somebody takes the connection over an error has no other listener, and would end the thread.
    socket.on("error", () => {});
    socket.off("close", onClose);
    signal.removeEventListener("abort", onAbort);
  }
}

function open(host: Host, tls: TlsCredentials | undefined, take: (bytes: Uint8Array, end: number) => boolean): Socket {
  const { address, port } = host;
  if (tls === undefined) {
    const buffer = new Uint8Array(readBytes);
    return connect({
      host: address,
      port,
      onread: { buffer, callback: (length, bytes) => take(bytes, length) },
    });
  }
  const { key, cert, ca } = tls;
  const socket: TLSSocket = connectTls({ host: address, port, key, cert, ca, minVersion: "TLSv1.3" });
  socket.on("data", (bytes: Uint8Array) => {
    if (!take(bytes, bytes.length)) socket.pause();
  });
  return socket;
}
