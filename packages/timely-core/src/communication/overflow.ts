// What a sender keeps while its ring is full (engine rule 7): whole messages in order, packed into chunks of local
// memory. The chunk in use is kept when it drains; larger ones made for a burst go back to the collector.

import { LimmatError } from "../errors.ts";

/** A channel's overflow reached its limit: its receiver stands still, or its sources ignore back-pressure. */
export class OverflowError extends LimmatError {
  /** The name of the channel, as given to its sender. */
  readonly channel: string;
  /** The bytes that would have been queued, the refused message included. */
  readonly bytes: number;
  /** The most bytes that may wait. */
  readonly limit: number;

  constructor(channel: string, bytes: number, limit: number) {
    super(
      "OVERFLOW",
      `Channel ${channel} would queue ${bytes} bytes beside its full ring, above its limit of ${limit}: ` +
        "slow its sources down by the channel's queued bytes, or raise the overflow limit.",
    );
    this.channel = channel;
    this.bytes = bytes;
    this.limit = limit;
  }
}

const HEADER = 8;

/** The bytes that a message takes in the queue, its header and padding included. */
function footprint(length: number): number {
  return HEADER + ((length + 7) & ~7);
}

/** A run of memory with messages packed one after the other, each behind a header that holds its length. */
class Chunk {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  read = 0;
  write = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.words = new Uint32Array(this.bytes.buffer);
  }
}

/** An ordered queue of messages in local memory; `open`/`close` write at its end, `front…`/`shift` read at its start. */
export class OverflowQueue {
  /** The bytes of all closed messages with their headers, so zero only when there are none. */
  queuedBytes = 0;
  /** The number of closed messages. */
  count = 0;
  readonly #chunkBytes: number;
  readonly #chunks: Chunk[] = [];
  #first = 0;
  #spare: Chunk | undefined;
  #opened = -1;

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  /** Opens a message of at most `length` bytes; its space is `backBytes` from the returned 8-aligned offset. */
  open(length: number): number {
    const bytes = footprint(length);
    let back = this.#chunks[this.#chunks.length - 1];
    if (back === undefined || back.bytes.length - back.write < bytes) {
      back = this.#newChunk(bytes);
      this.#chunks.push(back);
    }
    this.#opened = length;
    return back.write + HEADER;
  }

  /** The memory of the open message. */
  get backBytes(): Uint8Array {
    return (this.#chunks[this.#chunks.length - 1] as Chunk).bytes;
  }

  /** What the queue would hold with one more message of that length. */
  bytesWith(length: number): number {
    return this.queuedBytes + footprint(length);
  }

  /** Closes the open message with the bytes really used. */
  close(used: number): void {
    const back = this.#chunks[this.#chunks.length - 1] as Chunk;
    back.words[back.write >>> 2] = used;
    back.write += footprint(used);
    this.queuedBytes += footprint(used);
    this.count += 1;
    this.#opened = -1;
  }

  /** The memory that holds the oldest message; there must be one. */
  get frontBytes(): Uint8Array {
    return (this.#chunks[this.#first] as Chunk).bytes;
  }

  /** Where the oldest message starts in `frontBytes`. */
  get frontOffset(): number {
    return (this.#chunks[this.#first] as Chunk).read + HEADER;
  }

  /** The length of the oldest message in bytes. */
  get frontLength(): number {
    const front = this.#chunks[this.#first] as Chunk;
    return front.words[front.read >>> 2] as number;
  }

  /** Drops the oldest message. */
  shift(): void {
    const front = this.#chunks[this.#first] as Chunk;
    const length = front.words[front.read >>> 2] as number;
    front.read += footprint(length);
    this.queuedBytes -= footprint(length);
    this.count -= 1;
    if (front.read < front.write) return;
    const isBack = this.#first === this.#chunks.length - 1;
    if (isBack && this.#opened >= 0) return;
    this.#first += 1;
    if (front.bytes.length === this.#chunkBytes) {
      front.read = 0;
      front.write = 0;
      this.#spare = front;
    }
    // Drained chunks are dropped in halves, so that a long queue is shifted in amortised constant time.
    if (this.#first * 2 >= this.#chunks.length) {
      this.#chunks.splice(0, this.#first);
      this.#first = 0;
    }
  }

  #newChunk(bytes: number): Chunk {
    const spare = this.#spare;
    if (spare === undefined || bytes > this.#chunkBytes) return new Chunk(Math.max(bytes, this.#chunkBytes));
    this.#spare = undefined;
    return spare;
  }
}
