// How the two ends of a connection make sure of each other before anything else passes: same version, same configuration, same secret.
// Each says hello with a number used once; each then proves the secret by an HMAC over both hellos (RFC 2104), so it never travels.

import { createHmac, timingSafeEqual } from "node:crypto";
import { endianness } from "node:os";

/** The connections from one process to another: data, progress, and signs of life. */
export type Lane = "control" | "data" | "progress";

/** What one end says about itself. */
export interface Hello {
  /** Of this handshake and of everything after it. */
  readonly protocol: number;
  /** Of the package. */
  readonly version: string;
  readonly byteOrder: string;
  readonly process: number;
  /** Who is meant, and for what. */
  readonly to: number;
  readonly lane: Lane;
  readonly processes: number;
  readonly workers: number;
  readonly clients: number;
  readonly dataRingBytes: number;
  readonly progressRingBytes: number;
  readonly secret: boolean;
  /** Null while process 0 has not told. */
  readonly generation: number | null;
  /** Drawn for this connection: 32 hexadecimal digits. */
  readonly nonce: string;
  /** Set by the end that was called when it has such a connection already. */
  readonly taken?: boolean;
}

/** The version of the handshake, and of the form of streams. */
export const protocolVersion = 1;

/** What every connection begins with, in both directions. */
const magic: Uint8Array = new TextEncoder().encode("limmat\r\n");

/** The most bytes of one message: what somebody unknown can make a process keep. */
const mostBytes = 4096;

/** The bytes of this machine's numbers, as hellos have it. */
export const byteOrder: string = endianness();

const named: readonly [keyof Hello, (value: unknown) => string][] = [
  ["protocol", (value) => `protocol ${value}`],
  ["version", (value) => `version ${value} of @limmat/timely-core`],
  ["byteOrder", (value) => `byte order ${value}`],
  ["processes", (value) => `${value} processes`],
  ["workers", (value) => `${value} workers in each process`],
  ["clients", (value) => `${value} clients`],
  ["dataRingBytes", (value) => `data rings of ${value} bytes`],
  ["progressRingBytes", (value) => `progress rings of ${value} bytes`],
  ["secret", (value) => (value ? "a secret" : "no secret")],
];

/** What the two ends don't agree on, as one sentence with both sides' values and the mend; undefined when they do. */
export function difference(own: Hello, other: Hello): string | undefined {
  for (const [name, words] of named) {
    if (own[name] === other[name]) continue;
    const mend = name === "version" || name === "protocol" ? "install the same version everywhere" : "start all alike";
    return `it has ${words(other[name])}, this process ${own.process} has ${words(own[name])}: ${mend}`;
  }
  if (other.process === own.process || other.process >= own.processes) {
    return `it is process ${other.process} of ${other.processes}, as it says to process ${own.process}: give each its own index`;
  }
  if (other.process !== own.to || other.to !== own.process) {
    return (
      `it is process ${other.process} and takes this one for process ${other.to}, but this is process ${own.process} and takes it for ` +
      `process ${own.to}: give all the same list of hosts, and each its own index`
    );
  }
  if (own.generation !== null && other.generation !== null && own.generation !== other.generation) {
    return (
      `it belongs to generation ${other.generation} of the run, this process ${own.process} to ${own.generation}: one of them is left ` +
      "from an earlier run; end it and start all again"
    );
  }
  return undefined;
}

/** What proves that one end knows the secret, for this connection only. */
export function proof(secret: string, by: "caller" | "called", caller: string, called: string): string {
  return createHmac("sha256", secret).update(`${by}\n${caller}\n${called}`).digest("hex");
}

/** Whether a proof is the right one; takes the same time whatever is wrong with it. */
export function isProof(given: unknown, expected: string): boolean {
  const bytes = Buffer.from(typeof given === "string" ? given : "", "latin1");
  return bytes.length === expected.length && timingSafeEqual(bytes, Buffer.from(expected, "latin1"));
}

/** A hello, if it is one. */
export function helloOf(text: string): Hello {
  const value = JSON.parse(text) as Partial<Record<keyof Hello, unknown>> | null;
  const number = (name: keyof Hello): boolean => Number.isSafeInteger(value?.[name]) && (value?.[name] as number) >= 0;
  if (
    !(["protocol", "process", "to", "processes", "workers"] as const).every(number) ||
    typeof value?.nonce !== "string" ||
    !["control", "data", "progress"].includes(value.lane as string) ||
    (value.generation !== null && !number("generation"))
  ) {
    throw new HandshakeFailure("it says hello in an unknown form");
  }
  return value as unknown as Hello;
}

/** The other end did not keep to the handshake. */
export class HandshakeFailure extends Error {}

/** A message in its form on the wire: length, then text. */
export function encoded(text: string, first: boolean): Uint8Array {
  const body = Buffer.from(text, "utf8");
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  return first ? Buffer.concat([magic, head, body]) : Buffer.concat([head, body]);
}

/** Gathers the messages of one end; refuses what can't be one as soon as that shows, so that it never keeps more than one message. */
export class MessageGatherer {
  private bytes: Uint8Array = new Uint8Array(0);
  private greeted = false;
  private waiting: { resolve: (text: string) => void; reject: (error: unknown) => void } | undefined;
  private failure: unknown;

  /** Takes what came. */
  push(chunk: Uint8Array): void {
    if (this.failure !== undefined) return;
    this.bytes = Buffer.concat([this.bytes, chunk]);
    this.look();
  }

  /** Ends all waiting. */
  fail(error: unknown): void {
    this.failure ??= error;
    this.look();
  }

  /** The next message. */
  next(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.look();
    });
  }

  /** What came after the last message. */
  rest(): Uint8Array {
    return this.bytes;
  }

  private look(): void {
    const { waiting } = this;
    try {
      if (!this.greeted) {
        const head = this.bytes.subarray(0, magic.length);
        if (head.some((byte, i) => byte !== magic[i]))
          throw new HandshakeFailure("what is there speaks another protocol");
        if (head.length === magic.length) {
          this.greeted = true;
          this.bytes = this.bytes.subarray(magic.length);
        }
      }
      if (this.greeted && this.bytes.length >= 4 && waiting !== undefined) {
        const length = new DataView(this.bytes.buffer, this.bytes.byteOffset).getUint32(0, true);
        if (length > mostBytes) throw new HandshakeFailure(`a message of ${length} bytes in the handshake`);
        if (this.bytes.length >= 4 + length) {
          const text = Buffer.from(this.bytes.subarray(4, 4 + length)).toString("utf8");
          this.bytes = this.bytes.subarray(4 + length);
          this.waiting = undefined;
          waiting.resolve(text);
          return;
        }
      }
      // Nobody has a reason to send more than a message at a time before it is answered.
      if (waiting === undefined && this.bytes.length > mostBytes + magic.length + 4) {
        throw new HandshakeFailure("too many bytes in the handshake");
      }
    } catch (error) {
      this.failure = error;
      this.bytes = new Uint8Array(0);
    }
    if (this.failure !== undefined && waiting !== undefined) {
      this.waiting = undefined;
      waiting.reject(this.failure);
    }
  }
}
