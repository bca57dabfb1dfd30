// A reader of a ring that takes messages in runs, as they lie there, headers and padding included: what a socket is given
// without a copy. It frees in order; whoever gets the bytes finds the messages in them again (`RunParser` in the network).

import { ringLayout } from "./ring.ts";

const { HEAD, TAIL, WANTED, DATA, HEADER, SKIP, footprint } = ringLayout;

/** The bytes of a message's header in a run: its length and its tag, u32 each; the payload follows, padded to 8 bytes. */
export const runHeader = HEADER;

/** The bytes that a message of that length takes in a run. */
export const runFootprint = footprint;

/** The receiving end of a ring for one who passes the bytes on. */
export class RingRuns {
  /** The whole ring; `offset` and `length` say where in it the latest run lies. */
  readonly bytes: Uint8Array;
  offset = 0;
  length = 0;
  /** What `free` takes once the latest run is no longer needed. */
  end: number;
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #onRoom: () => void;
  #tail: number;

  /** `onRoom` is called when room was freed that the writer asked for: it rings the writer's doorbell. */
  constructor(buffer: ArrayBufferLike, onRoom: () => void) {
    this.bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#capacity = buffer.byteLength - DATA;
    this.#onRoom = onRoom;
    this.#tail = Atomics.load(this.#words, TAIL);
    this.end = this.#tail;
  }

  /** Whether something was published that `next` has not visited. */
  get hasPending(): boolean {
    return Atomics.load(this.#words, HEAD) !== this.end;
  }

  /** Whether every run visited was freed. */
  get isFree(): boolean {
    return this.end === this.#tail;
  }

  /**
   * Visits as many of the next published messages as lie one after the other, `most` bytes at most but at least one message; returns
   * whether there was any. O(messages).
   */
  next(most: number): boolean {
    const head = Atomics.load(this.#words, HEAD);
    const mask = this.#capacity - 1;
    let end = this.end;
    let start = -1;
    let length = 0;
    while (end !== head) {
      const position = end & mask;
      const header = this.#words[(DATA + position) >>> 2] as number;
      if (header === SKIP) {
        if (start >= 0) break;
        end = (end + this.#capacity - position) | 0;
        continue;
      }
      const bytes = footprint(header);
      if (start >= 0 && (position === 0 || length + bytes > most)) break;
      if (start < 0) start = position;
      length += bytes;
      end = (end + bytes) | 0;
    }
    if (start < 0 && this.isFree && end !== this.end) this.free(end);
    this.end = end;
    this.offset = DATA + start;
    this.length = length;
    return start >= 0;
  }

  /** Gives back all memory before the `end` of a run; runs are freed in the order of `next`. */
  free(end: number): void {
    this.#tail = end;
    Atomics.store(this.#words, TAIL, end);
    // After the store, as the writer looks at the tail after its request: one of the two sees the other.
    const wanted = Atomics.load(this.#words, WANTED);
    if (wanted === 0 || this.#capacity - ((Atomics.load(this.#words, HEAD) - end) | 0) < wanted) return;
    Atomics.store(this.#words, WANTED, 0);
    this.#onRoom();
  }
}
