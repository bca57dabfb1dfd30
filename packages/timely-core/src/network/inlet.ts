// Where the messages of one link from another process enter this one: its receiver's ring, and an ordered overflow beside it while
// that is full (engine rule 7). Messages arrive in pieces as the socket has them, and are written straight to their place.

import { OverflowError, OverflowQueue } from "../communication/overflow.ts";
import { RingWriter } from "../communication/ring.ts";

/** The overflow that an inlet takes unless told otherwise, in bytes. */
const defaultLimit = 2 ** 28;
const mostChunk = 2 ** 16;
/** In overflow a message's tag stands before it, in a word of its own. */
const tagBytes = 8;

/** The entry of one link. */
export class Inlet {
  readonly name: string;
  /** The largest message that may come. */
  readonly maxMessage: number;
  private readonly ring: RingWriter;
  private readonly overflow: OverflowQueue;
  private readonly limit: number;
  private readonly notify: () => void;
  private direct = false;
  private target: Uint8Array;
  private position = 0;

  constructor(ring: ArrayBufferLike, name: string, notify: () => void, limit = defaultLimit) {
    this.ring = new RingWriter(ring);
    this.overflow = new OverflowQueue(Math.min(this.ring.capacity, mostChunk));
    this.name = name;
    this.notify = notify;
    this.limit = limit;
    this.maxMessage = this.ring.maxMessage;
    this.target = this.ring.bytes;
  }

  /** The bytes of the messages that wait beside the ring. */
  get overflowBytes(): number {
    return this.overflow.queuedBytes;
  }

  /**
   * Opens the next message, of exactly `length` bytes; `write` it and `close` it.
   * @throws OverflowError when its receiver stands still and too much waits already.
   */
  open(length: number, tag: number): void {
    this.direct = false;
    if (this.overflow.count === 0) {
      const offset = this.ring.reserve(length, tag);
      if (offset >= 0) {
        this.direct = true;
        this.target = this.ring.bytes;
        this.position = offset;
        return;
      }
    }
    const queued = this.overflow.bytesWith(length + tagBytes);
    if (queued > this.limit) throw new OverflowError(this.name, queued, this.limit);
    const offset = this.overflow.open(length + tagBytes);
    this.target = this.overflow.backBytes;
    new DataView(this.target.buffer).setUint32(offset, tag, true);
    this.position = offset + tagBytes;
  }

  /** Writes the next `length` bytes of the open message. */
  write(bytes: Uint8Array, offset: number, length: number): void {
    this.target.set(bytes.subarray(offset, offset + length), this.position);
    this.position += length;
  }

  /** Closes the open message; `flush` shows it. */
  close(length: number): void {
    if (this.direct) this.ring.commit(length);
    else this.overflow.close(length + tagBytes);
  }

  /**
   * Shows the receiver all closed messages, as far as there is room; returns whether none is left beside the ring. What is left moves
   * with a later call: the receiver's release rings the bell of the I/O thread.
   */
  flush(): boolean {
    for (;;) {
      const whole = this.drain();
      if (this.ring.publish()) this.notify();
      if (whole) return true;
      if (!this.ring.requestRoom(this.overflow.frontLength - tagBytes)) return false;
    }
  }

  /** Whether `flush` would move something now; else the receiver has been asked to ring (engine rule 15). */
  canFlush(): boolean {
    return this.overflow.count > 0 && this.ring.requestRoom(this.overflow.frontLength - tagBytes);
  }

  private drain(): boolean {
    const { overflow, ring } = this;
    while (overflow.count > 0) {
      const bytes = overflow.frontBytes;
      const start = overflow.frontOffset;
      const length = overflow.frontLength - tagBytes;
      const offset = ring.reserve(length, new DataView(bytes.buffer).getUint32(start, true));
      if (offset < 0) return false;
      ring.bytes.set(bytes.subarray(start + tagBytes, start + tagBytes + length), offset);
      ring.commit();
      overflow.shift();
    }
    return true;
  }
}
