// What processes tell each other beside their workers' messages: that they live, that they are ready, that they leave in order, and why
// they end otherwise. On a connection of its own, which back-pressure never stops.

/** One such message. */
export type ControlMessage =
  | { readonly kind: "alive" }
  /** All connections of the sender stand; it takes this for the run's generation. */
  | { readonly kind: "ready"; readonly generation: number }
  /** Everything of the sender's workers was sent; it will close its connections. */
  | { readonly kind: "goodbye" }
  /** The sender ends, since that process was lost or failed: itself, or another one. */
  | { readonly kind: "failed"; readonly process: number; readonly reason: string };

/** The most bytes of a message. */
const mostBytes = 2 ** 16;
const mostReason = 2 ** 12;

/** A message in its form on the wire: length, then text. */
export function encodeControl(message: ControlMessage): Uint8Array {
  const bounded = message.kind === "failed" ? { ...message, reason: message.reason.slice(0, mostReason) } : message;
  const body = Buffer.from(JSON.stringify(bounded), "utf8");
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  return Buffer.concat([head, body]);
}

/** Takes a control connection apart. */
export class ControlParser {
  private readonly receive: (message: ControlMessage) => void;
  private bytes: Uint8Array = new Uint8Array(0);

  constructor(receive: (message: ControlMessage) => void) {
    this.receive = receive;
  }

  /**
   * Takes the next piece.
   * @throws Error when it can't be part of such a stream.
   */
  take(piece: Uint8Array): void {
    this.bytes = Buffer.concat([this.bytes, piece]);
    while (this.bytes.length >= 4) {
      const length = new DataView(this.bytes.buffer, this.bytes.byteOffset).getUint32(0, true);
      if (length > mostBytes) throw new Error(`a control message of ${length} bytes`);
      if (this.bytes.length < 4 + length) return;
      const text = Buffer.from(this.bytes.subarray(4, 4 + length)).toString("utf8");
      this.bytes = this.bytes.subarray(4 + length);
      this.receive(JSON.parse(text) as ControlMessage);
    }
  }
}
