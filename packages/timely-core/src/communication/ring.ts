// A single-producer single-consumer ring of whole messages over one (Shared)ArrayBuffer: the byte channel between two
// threads (engine rules 7 and 15). The simulator runs the same classes with tiny rings inside one thread.

import { LimmatError } from "../errors.ts";

/**
 * Layout: four cache lines of control words, then the messages. The head is written by the writer, the tail by the
 * reader, the wanted room by both but rarely; a line each, so that neither side's stores slow the other's loads.
 * Cursors count bytes and wrap at 2^32; a message is an 8-byte header (length, tag) and its payload, 8-aligned.
 */
const HEAD = 64 >>> 2;
const TAIL = 128 >>> 2;
const WANTED = 192 >>> 2;
const DATA = 256;
const HEADER = 8;
/** A header with this length says that the rest of the ring is padding. */
const SKIP = -1;
/** Set by the reader in the length of a message that it no longer needs. */
const RELEASED = 0x8000_0000 | 0;
const MIN_CAPACITY = 64;
const MAX_CAPACITY = 2 ** 28;

/** The bytes that a payload takes in the ring, header and padding included. */
function footprint(length: number): number {
  return HEADER + ((length + 7) & ~7);
}

/** Engine-internal: where things lie in a ring, for its reader that takes whole runs of messages (`RingRuns`). */
export const ringLayout = { HEAD, TAIL, WANTED, DATA, HEADER, SKIP, footprint };

/** A ring was asked for or used in a way that it cannot serve; always a programming error. */
export class RingError extends LimmatError {
  constructor(message: string) {
    super("RING", message);
  }
}

/** Makes the memory of a ring; the buffer is what one end posts to the other. */
export const Ring = {
  /**
   * Allocates a ring of `capacity` bytes (a power of two from 64 to 2^28), shared between threads where `shared` is set
   * and the platform has SharedArrayBuffer. `start` is the first value of both cursors, so that a test reaches their wrap.
   * @throws RingError when the capacity is no such power of two.
   */
  create(capacity: number, shared: boolean, start = 0): ArrayBufferLike {
    if (!Number.isInteger(Math.log2(capacity)) || capacity < MIN_CAPACITY || capacity > MAX_CAPACITY) {
      throw new RingError(
        `A ring holds a power of two of bytes from ${MIN_CAPACITY} to ${MAX_CAPACITY}, not ${capacity}.`,
      );
    }
    const isShared = shared && typeof SharedArrayBuffer !== "undefined";
    const buffer = isShared ? new SharedArrayBuffer(DATA + capacity) : new ArrayBuffer(DATA + capacity);
    const words = new Int32Array(buffer);
    words[HEAD] = start & ~7;
    words[TAIL] = start & ~7;
    return buffer;
  },

  /** The largest payload, in bytes, of one message in a ring of that capacity. */
  maxMessage(capacity: number): number {
    // A quarter: with its padding a message then takes less than half, so it fits while up to half of the ring is held.
    return (capacity >>> 2) - HEADER;
  },
};

/** The sending end of a ring: reserve, write, commit, and publish once for many messages. */
export class RingWriter {
  readonly buffer: ArrayBufferLike;
  /** The whole buffer, the same object for ever; offsets returned by `reserve` index it and are 8-aligned. */
  readonly bytes: Uint8Array;
  readonly capacity: number;
  /** The largest payload in bytes; one of this size always fits while no more than half of the ring is held. */
  readonly maxMessage: number;
  readonly #words: Int32Array;
  readonly #mask: number;
  /** The end of the committed messages, of which the reader sees what lies before `#published`. */
  #head: number;
  #published: number;
  #cachedTail: number;
  /** The payload bytes of the open reservation, or -1. */
  #reserved = -1;

  constructor(buffer: ArrayBufferLike) {
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.capacity = buffer.byteLength - DATA;
    this.maxMessage = Ring.maxMessage(this.capacity);
    this.#words = new Int32Array(buffer);
    this.#mask = this.capacity - 1;
    this.#head = Atomics.load(this.#words, HEAD);
    this.#published = this.#head;
    this.#cachedTail = Atomics.load(this.#words, TAIL);
  }

  /** The bytes committed or published that the reader has not freed yet. */
  get usedBytes(): number {
    return (this.#head - Atomics.load(this.#words, TAIL)) | 0;
  }

  /** The bytes committed but not published. */
  get unpublishedBytes(): number {
    return (this.#head - this.#published) | 0;
  }

  /**
   * Opens a message of at most `length` payload bytes and returns the offset of its space in `bytes`, or -1 when there
   * is no room now. `tag` (a u32) travels with it. Never blocks; O(1).
   * @throws RingError when the message is larger than `maxMessage` or another one is open.
   */
  reserve(length: number, tag = 0): number {
    if (this.#reserved >= 0) throw new RingError("A message is open in this ring: commit it before the next one.");
    if (length > this.maxMessage) {
      throw new RingError(
        `A message of ${length} bytes exceeds the ${this.maxMessage} that this ring carries in one piece.`,
      );
    }
    const needed = this.#needed(length);
    if (needed > this.capacity - ((this.#head - this.#cachedTail) | 0)) {
      this.#cachedTail = Atomics.load(this.#words, TAIL);
      if (needed > this.capacity - ((this.#head - this.#cachedTail) | 0)) return -1;
    }
    let position = this.#head & this.#mask;
    if (footprint(length) > this.capacity - position) {
      this.#words[(DATA + position) >>> 2] = SKIP;
      this.#head = (this.#head + this.capacity - position) | 0;
      position = 0;
    }
    this.#words[((DATA + position) >>> 2) + 1] = tag;
    this.#reserved = length;
    return DATA + HEADER + position;
  }

  /**
   * Closes the open message with the bytes really used (all of them unless said otherwise); `publish` shows it.
   * @throws RingError when no message is open or more is used than was reserved.
   */
  commit(used = this.#reserved): void {
    if (this.#reserved < 0) throw new RingError("No message is open in this ring: reserve one before the commit.");
    if (used > this.#reserved || used < 0) {
      throw new RingError(`A commit of ${used} bytes does not fit the ${this.#reserved} that were reserved.`);
    }
    this.#words[(DATA + (this.#head & this.#mask)) >>> 2] = used;
    this.#head = (this.#head + footprint(used)) | 0;
    this.#reserved = -1;
  }

  /** Shows the reader all that was committed; returns whether that was anything new. An open message stays unseen. */
  publish(): boolean {
    if (this.#published === this.#head) return false;
    this.#published = this.#head;
    // This store is the fence: every plain store before it is seen by whoever loads the new head.
    Atomics.store(this.#words, HEAD, this.#head);
    return true;
  }

  /**
   * Asks the reader to say when a message of `length` bytes would fit, and returns whether one fits already. The request
   * stands before the tail is looked at again, so that a reader that frees room in between cannot miss it.
   */
  requestRoom(length: number): boolean {
    const needed = this.#needed(length);
    // At least a quarter, so that a slow reader does not wake the writer for every few bytes.
    Atomics.store(this.#words, WANTED, Math.max(needed, this.capacity >>> 2));
    this.#cachedTail = Atomics.load(this.#words, TAIL);
    return needed <= this.capacity - ((this.#head - this.#cachedTail) | 0);
  }

  /**
   * Asks the reader to say when no more than `bytes` are used, and returns whether that is so already. Replaces what was asked before,
   * so it is for a writer that waits for no room.
   */
  requestFree(bytes: number): boolean {
    Atomics.store(this.#words, WANTED, this.capacity - bytes);
    return this.usedBytes <= bytes;
  }

  /** The bytes that a message takes at the present head, with the padding before it where it must start over. */
  #needed(length: number): number {
    const bytes = footprint(length);
    const rest = this.capacity - (this.#head & this.#mask);
    return bytes <= rest ? bytes : rest + bytes;
  }
}

/** The receiving end of a ring: iterate over what was published, release in any order; memory is freed in order. */
export class RingReader {
  readonly buffer: ArrayBufferLike;
  /** The whole buffer, the same object for ever; `offset` indexes it. */
  readonly bytes: Uint8Array;
  readonly capacity: number;
  /** Where the payload of the latest message starts in `bytes`, its length, its tag, and the token that releases it. */
  offset = 0;
  length = 0;
  tag = 0;
  token = 0;
  readonly #words: Int32Array;
  readonly #mask: number;
  /** Everything before the tail is free, everything from there to `#read` was handed out. */
  #tail: number;
  #read: number;
  #cachedHead: number;
  readonly #onRoom: (() => void) | undefined;

  /** `onRoom` is called when a release freed the room that the writer asked for: it rings the writer's doorbell. */
  constructor(buffer: ArrayBufferLike, onRoom?: () => void) {
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.capacity = buffer.byteLength - DATA;
    this.#onRoom = onRoom;
    this.#words = new Int32Array(buffer);
    this.#mask = this.capacity - 1;
    this.#tail = Atomics.load(this.#words, TAIL);
    this.#read = this.#tail;
    this.#cachedHead = this.#tail;
  }

  /** The bytes between the oldest message still held and the latest one handed out; none of them can be reused yet. */
  get heldBytes(): number {
    return (this.#read - this.#tail) | 0;
  }

  /** Whether something was published that `next` has not visited. */
  get hasPending(): boolean {
    return this.#read !== this.#cachedHead || this.#read !== Atomics.load(this.#words, HEAD);
  }

  /** Visits the next published message, sets `offset`, `length`, `tag` and `token`, and returns whether there was one. */
  next(): boolean {
    for (;;) {
      if (this.#read === this.#cachedHead) {
        this.#cachedHead = Atomics.load(this.#words, HEAD);
        if (this.#read === this.#cachedHead) return false;
      }
      const position = this.#read & this.#mask;
      const word = (DATA + position) >>> 2;
      const length = this.#words[word] as number;
      const start = this.#read;
      if (length !== SKIP) {
        this.offset = DATA + HEADER + position;
        this.length = length;
        this.tag = (this.#words[word + 1] as number) >>> 0;
        this.token = start;
        this.#read = (start + footprint(length)) | 0;
        return true;
      }
      this.#read = (start + this.capacity - position) | 0;
      if (this.#tail === start) this.#free();
    }
  }

  /**
   * Gives a message back; its memory is free once every older message is given back too. Amortised O(1).
   * @throws RingError when the token names no message that is held.
   */
  release(token: number): void {
    const word = (DATA + (token & this.#mask)) >>> 2;
    const length = this.#words[word] as number;
    if ((token - this.#tail) >>> 0 >= (this.#read - this.#tail) >>> 0 || length < 0) {
      throw new RingError(`A message was released that is not held (token ${token}): release each message once.`);
    }
    this.#words[word] = length | RELEASED;
    if (token === this.#tail) this.#free();
  }

  /** Moves the tail over everything released, and says so to a writer that waits for it. */
  #free(): void {
    let tail = this.#tail;
    while (tail !== this.#read) {
      const position = tail & this.#mask;
      const length = this.#words[(DATA + position) >>> 2] as number;
      if (length >= 0) break;
      tail = (tail + (length === SKIP ? this.capacity - position : footprint(length & ~RELEASED))) | 0;
    }
    this.#tail = tail;
    Atomics.store(this.#words, TAIL, tail);
    // After the store, as the writer looks at the tail after its request: one of the two sees the other.
    const wanted = Atomics.load(this.#words, WANTED);
    if (wanted === 0 || this.capacity - ((Atomics.load(this.#words, HEAD) - tail) | 0) < wanted) return;
    Atomics.store(this.#words, WANTED, 0);
    this.#onRoom?.();
  }
}
