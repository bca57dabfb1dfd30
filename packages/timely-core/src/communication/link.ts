// One direction to one peer on top of a ring: messages of any size, first in first out, never blocking and never
// dropping (engine rule 7). What does not fit the ring waits in local overflow; what no ring can hold goes in pieces.

import { LimmatError } from "../errors.ts";
import { OverflowError, OverflowQueue } from "./overflow.ts";
import { RingReader, RingWriter } from "./ring.ts";

/** The largest message in bytes. */
const MAX_MESSAGE = 2 ** 30;
/** The overflow that a sender keeps unless told otherwise, in bytes. */
const DEFAULT_OVERFLOW_LIMIT = 2 ** 28;
const MAX_CHUNK = 2 ** 16;

/** A link was used against its contract (two open messages, a message released twice); always a programming error. */
export class LinkError extends LimmatError {
  /** The name of the channel, as given to its end. */
  readonly channel: string;

  constructor(channel: string, message: string) {
    super("LINK", `Channel ${channel}: ${message}`);
    this.channel = channel;
  }
}

/**
 * Where the open message of a sender is to be written: from `bytes[offset]` on, 8-aligned from the start of the buffer.
 * The object is reused by the next message, and `bytes` stays the same array while messages go straight into the ring,
 * so that typed views over `bytes.buffer` can be kept.
 */
export interface MessageSpace {
  bytes: Uint8Array;
  offset: number;
}

/** What the two ends of a link are told beside the ring. */
export interface SenderOptions {
  /** Names the channel in errors. */
  readonly name: string;
  /** Called after messages were published: rings the receiver's doorbell. */
  readonly notify?: () => void;
  /** The most bytes kept in overflow (default 256 MiB). */
  readonly overflowLimit?: number;
  /** Bytes after which messages are published without waiting for `flush`, so that the receiver can begin (default: none). */
  readonly promptBytes?: number;
}

/** The sending end: `begin`, write, `end`; then `flush` once per activation, which publishes all of it at once. */
export class Sender {
  /** The channel's name, for errors and metrics. */
  readonly name: string;
  /** Messages up to this many bytes are written straight into the ring while it has room. */
  readonly maxDirect: number;
  readonly #ring: RingWriter;
  readonly #overflow: OverflowQueue;
  readonly #overflowLimit: number;
  readonly #notify: (() => void) | undefined;
  readonly #promptBytes: number;
  readonly #space: MessageSpace;
  /** The bytes of the open message, or -1, and whether they lie in the ring. */
  #open = -1;
  #direct = false;
  /** How much of the oldest overflow message went out as fragments. */
  #sent = 0;

  constructor(buffer: ArrayBufferLike, options: SenderOptions) {
    this.#ring = new RingWriter(buffer);
    this.name = options.name;
    this.maxDirect = this.#ring.maxMessage;
    this.#overflow = new OverflowQueue(Math.min(this.#ring.capacity, MAX_CHUNK));
    this.#overflowLimit = options.overflowLimit ?? DEFAULT_OVERFLOW_LIMIT;
    this.#notify = options.notify;
    this.#promptBytes = options.promptBytes ?? Number.POSITIVE_INFINITY;
    this.#space = { bytes: this.#ring.bytes, offset: 0 };
  }

  /** The bytes of the messages that wait beside the ring, headers included; zero only when there are none. */
  get overflowBytes(): number {
    return this.#overflow.queuedBytes;
  }

  /** All bytes sent that the receiver has not freed, ring and overflow: what back-pressure at sources meters. */
  get queuedBytes(): number {
    return this.overflowBytes + this.#ring.usedBytes;
  }

  /**
   * Whether no more than `bytes` of what was sent have not been freed by the receiver. When more have, it was asked to ring once that is
   * so: for the re-check before parking (engine rule 15) of a source that waits for credit.
   */
  isWithin(bytes: number): boolean {
    if (this.queuedBytes <= bytes) return true;
    // Who has overflow is woken when there is room for it, sends it off, and comes here again.
    if (this.#overflow.count > 0) return false;
    return this.#ring.requestFree(bytes);
  }

  /**
   * Opens a message of at most `length` bytes and returns its space: in the ring where there is room and nothing waits
   * before it, else in the overflow. The space stays valid until `end`. O(1), no allocation on the ring's path.
   * @throws OverflowError when the overflow would exceed its limit; the link is unchanged then.
   * @throws LinkError when a message is open already or `length` exceeds 2^30.
   */
  begin(length: number): MessageSpace {
    if (this.#open >= 0) throw new LinkError(this.name, "a message is open: end it before the next one.");
    const space = this.#space;
    if (this.#overflow.count === 0 && length <= this.maxDirect) {
      const offset = this.#ring.reserve(length);
      if (offset >= 0) {
        this.#open = length;
        this.#direct = true;
        space.bytes = this.#ring.bytes;
        space.offset = offset;
        return space;
      }
    }
    if (length > MAX_MESSAGE) {
      throw new LinkError(this.name, `a message of ${length} bytes exceeds ${MAX_MESSAGE}: split it.`);
    }
    const queued = this.#overflow.bytesWith(length);
    if (queued > this.#overflowLimit) throw new OverflowError(this.name, queued, this.#overflowLimit);
    space.offset = this.#overflow.open(length);
    space.bytes = this.#overflow.backBytes;
    this.#open = length;
    this.#direct = false;
    return space;
  }

  /**
   * Closes the open message with the bytes really used (all of them unless said otherwise); `flush` sends it off.
   * @throws LinkError when no message is open or more was used than it was opened with.
   */
  end(used = this.#open): void {
    if (this.#open < 0) throw new LinkError(this.name, "no message is open: begin one before its end.");
    if (used > this.#open || used < 0) {
      throw new LinkError(this.name, `${used} bytes were used of the ${this.#open} that the message was opened with.`);
    }
    this.#open = -1;
    if (!this.#direct) {
      this.#overflow.close(used);
      return;
    }
    this.#ring.commit(used);
    if (this.#ring.unpublishedBytes >= this.#promptBytes && this.#ring.publish()) this.#notify?.();
  }

  /**
   * Sends off every message that was ended: moves overflow into the ring in order as far as there is room, publishes
   * once, and notifies the receiver if there was anything new. Returns whether nothing is left in overflow. Two
   * comparisons when there is nothing to do; an open message is left as it is. What is left moves with a later call: the
   * receiver's release of room rings this end's doorbell.
   */
  flush(): boolean {
    for (;;) {
      const room = this.#overflow.count === 0 || this.#drainOverflow();
      if (this.#ring.publish()) this.#notify?.();
      if (room) return true;
      if (!this.#ring.requestRoom(this.#nextPiece())) return false;
    }
  }

  /**
   * Whether overflow waits for which there is room now; if there is none, the receiver was asked to ring when there is.
   * For the re-check before parking (engine rule 15).
   */
  canFlush(): boolean {
    return this.#overflow.count > 0 && this.#ring.requestRoom(this.#nextPiece());
  }

  /** The bytes of the oldest overflow message that go into the ring next. */
  #nextPiece(): number {
    return Math.min(this.#overflow.frontLength - this.#sent, this.maxDirect);
  }

  /** Copies overflow into the ring while there is room; returns whether all of it went. */
  #drainOverflow(): boolean {
    const overflow = this.#overflow;
    while (overflow.count > 0) {
      const total = overflow.frontLength;
      const piece = this.#nextPiece();
      // The tag of a fragment is the length of the whole message; 0 says that the message is whole.
      const offset = this.#ring.reserve(piece, total > this.maxDirect ? total : 0);
      if (offset < 0) return false;
      const from = overflow.frontOffset + this.#sent;
      this.#ring.bytes.set(overflow.frontBytes.subarray(from, from + piece), offset);
      this.#ring.commit();
      this.#sent += piece;
      if (this.#sent === total) {
        overflow.shift();
        this.#sent = 0;
      }
    }
    return true;
  }
}

/**
 * A message that was received: `length` bytes of `bytes` from `offset` on, 8-aligned from the start of the buffer. Valid
 * until `release`; the object is reused afterwards, so nobody may keep it.
 */
export interface Message {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
  /** Whether the bytes lie in memory of their own and hold no room of the ring. */
  readonly detached: boolean;
  /**
   * Gives the memory back; in any order.
   * @throws LinkError when the message is not held.
   */
  release(): void;
  /** Copies the bytes out of the ring and frees their room there; `bytes` and `offset` are other ones afterwards. */
  detach(): void;
}

class ReceivedMessage implements Message {
  bytes: Uint8Array;
  offset = 0;
  length = 0;
  token = 0;
  detached = false;
  held = false;
  readonly #channel: string;
  readonly #ring: RingReader;
  readonly #free: ReceivedMessage[];

  constructor(channel: string, ring: RingReader, free: ReceivedMessage[]) {
    this.#channel = channel;
    this.#ring = ring;
    this.#free = free;
    this.bytes = ring.bytes;
  }

  release(): void {
    this.#checkHeld();
    this.held = false;
    if (!this.detached) this.#ring.release(this.token);
    // A free object must not keep a large message of its own alive.
    this.bytes = this.#ring.bytes;
    this.#free.push(this);
  }

  detach(): void {
    this.#checkHeld();
    if (this.detached) return;
    this.bytes = this.bytes.slice(this.offset, this.offset + this.length);
    this.offset = 0;
    this.detached = true;
    this.#ring.release(this.token);
  }

  #checkHeld(): void {
    if (!this.held) throw new LinkError(this.#channel, "a message was used after its release: release each one once.");
  }
}

/** What the receiving end is told beside the ring. */
export interface ReceiverOptions {
  /** Names the channel in errors. */
  readonly name: string;
  /** Called when room was freed that the sender waits for: rings the sender's doorbell. */
  readonly notify?: () => void;
}

/** The receiving end: `receive` until there is nothing, `release` each message in any order. */
export class Receiver {
  /** The channel's name, for errors and metrics. */
  readonly name: string;
  /** The size of the ring in bytes. */
  readonly capacity: number;
  readonly #ring: RingReader;
  readonly #free: ReceivedMessage[] = [];
  /** The message that is put together from fragments, and how much of it came. */
  #assembly: Uint8Array | undefined;
  #assembled = 0;

  constructor(buffer: ArrayBufferLike, options: ReceiverOptions) {
    this.#ring = new RingReader(buffer, options.notify);
    this.name = options.name;
    this.capacity = this.#ring.capacity;
  }

  /** Whether something was published that `receive` has not looked at. */
  get hasPending(): boolean {
    return this.#ring.hasPending;
  }

  /** The bytes of the ring that messages not yet released keep from being reused. */
  get heldBytes(): number {
    return this.#ring.heldBytes;
  }

  /**
   * Whether so much is held that the sender may find no room for its next message. Whoever holds messages beyond a round
   * of `receive` looks here after it, also when the round brought nothing whole, and detaches them, the oldest first,
   * until it is false; with that the link never stands still.
   */
  get isCrowded(): boolean {
    return this.#ring.heldBytes > this.capacity / 2;
  }

  /** Returns the next whole message in the order sent, or undefined when none is complete. No allocation in steady state. */
  receive(): Message | undefined {
    const ring = this.#ring;
    while (ring.next()) {
      if (ring.tag === 0) {
        const message = this.#message(ring.bytes, ring.offset, ring.length);
        message.token = ring.token;
        message.detached = false;
        return message;
      }
      let assembly = this.#assembly;
      if (assembly === undefined) {
        assembly = new Uint8Array(ring.tag);
        this.#assembly = assembly;
        this.#assembled = 0;
      }
      assembly.set(ring.bytes.subarray(ring.offset, ring.offset + ring.length), this.#assembled);
      this.#assembled += ring.length;
      ring.release(ring.token);
      if (this.#assembled === assembly.length) {
        this.#assembly = undefined;
        const message = this.#message(assembly, 0, assembly.length);
        message.detached = true;
        return message;
      }
    }
    return undefined;
  }

  #message(bytes: Uint8Array, offset: number, length: number): ReceivedMessage {
    const message = this.#free.pop() ?? new ReceivedMessage(this.name, this.#ring, this.#free);
    message.bytes = bytes;
    message.offset = offset;
    message.length = length;
    message.held = true;
    return message;
  }
}
