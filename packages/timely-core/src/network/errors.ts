// What can go wrong between the processes of a run. Each is plain data at heart, so that it crosses from the I/O thread to the caller.

import { LimmatError } from "../errors.ts";

/** This process could not come together with the others: a port that is taken, or a peer that never came. */
export class ConnectError extends LimmatError {
  constructor(message: string) {
    super("CONNECT", message);
  }
}

/** A process was found at the address of a peer that does not belong to the same run; the message gives both sides' values. */
export class HandshakeError extends LimmatError {
  /** The number of the other process, as the list of hosts has it. */
  readonly process: number;
  /** Its entry in the list of hosts. */
  readonly host: string;

  constructor(process: number, host: string, message: string) {
    super("HANDSHAKE", `process ${process} at ${host}: ${message}`);
    this.process = process;
    this.host = host;
  }
}

/** A process of the run was lost, or ended by an error of its own: the run ends in every process. */
export class PeerError extends LimmatError {
  /** The number of the process that was lost first, as far as is known here. */
  readonly process: number;
  /** Its entry in the list of hosts. */
  readonly host: string;
  /** What happened to it. */
  readonly reason: string;

  constructor(process: number, host: string, reason: string) {
    super(
      "PEER",
      `process ${process} at ${host} ${reason}. The run has ended on all processes; start all of them again once the cause is mended.`,
    );
    this.process = process;
    this.host = host;
    this.reason = reason;
  }
}

/** One of these errors, or any other, as data. */
export type NetworkFailure =
  | { readonly kind: "connect" | "other"; readonly message: string; readonly stack?: string | undefined }
  | { readonly kind: "handshake" | "peer"; readonly process: number; readonly host: string; readonly message: string };

/** An error as data. */
export function failureOf(error: unknown): NetworkFailure {
  if (error instanceof ConnectError) return { kind: "connect", message: error.message };
  if (error instanceof PeerError) {
    return { kind: "peer", process: error.process, host: error.host, message: error.reason };
  }
  if (error instanceof HandshakeError) {
    const { process, host } = error;
    return { kind: "handshake", process, host, message: error.message.slice(`process ${process} at ${host}: `.length) };
  }
  if (error instanceof Error) return { kind: "other", message: error.message, stack: error.stack };
  return { kind: "other", message: String(error) };
}

/** The error that became data. */
export function errorOf(failure: NetworkFailure): Error {
  switch (failure.kind) {
    case "connect":
      return new ConnectError(failure.message);
    case "peer":
      return new PeerError(failure.process, failure.host, failure.message);
    case "handshake":
      return new HandshakeError(failure.process, failure.host, failure.message);
    case "other": {
      const error = new LimmatError("NETWORK", failure.message);
      if (failure.stack !== undefined) error.stack = failure.stack;
      return error;
    }
  }
}
