// The form of a stream of messages between two processes: segments, each a header that names the link and how much follows, then a run of
// whole messages as they lay in the sender's ring. All numbers are u32 in the byte order that both processes share.

import { runFootprint, runHeader } from "../communication/ring-runs.ts";
import type { Inlet } from "./inlet.ts";

/** The bytes of a segment's header: the link, and the bytes of the run. */
export const segmentHeader = 8;

/** A link in a segment's header. */
export function linkNumber(from: number, to: number): number {
  return (from << 16) | to;
}

/** A peer sent bytes that no process of the same version does. */
export class SegmentError extends Error {}

/** Takes a stream apart, whatever pieces it comes in, and gives every message to the inlet of its link. */
export class SegmentParser {
  private readonly inlets: ReadonlyMap<number, Inlet>;
  /** The header that is being gathered: of a segment where `segmentLeft` is 0, else of a message. */
  private readonly header = new Uint8Array(8);
  private readonly words = new Uint32Array(this.header.buffer);
  private gathered = 0;
  private inlet: Inlet | undefined;
  private segmentLeft = 0;
  /** The bytes of the open message's payload and padding that are still to come. */
  private payloadLeft = 0;
  private paddingLeft = 0;
  private messageLength = 0;
  private readonly touched = new Set<Inlet>();

  constructor(inlets: ReadonlyMap<number, Inlet>) {
    this.inlets = inlets;
  }

  /**
   * Takes the next piece, and shows the receivers what it completed.
   * @throws SegmentError when it can't be part of such a stream.
   * @throws OverflowError when a receiver has stood still for too long.
   */
  take(bytes: Uint8Array, start: number, end: number): void {
    let offset = start;
    while (offset < end) {
      if (this.payloadLeft > 0) {
        const length = Math.min(this.payloadLeft, end - offset);
        (this.inlet as Inlet).write(bytes, offset, length);
        offset += length;
        this.payloadLeft -= length;
        if (this.payloadLeft === 0) this.endPayload();
      } else if (this.paddingLeft > 0) {
        const length = Math.min(this.paddingLeft, end - offset);
        offset += length;
        this.paddingLeft -= length;
      } else {
        while (this.gathered < 8 && offset < end) this.header[this.gathered++] = bytes[offset++] as number;
        if (this.gathered < 8) break;
        this.gathered = 0;
        if (this.segmentLeft === 0) this.beginSegment();
        else this.beginMessage();
      }
    }
    for (const inlet of this.touched) inlet.flush();
    this.touched.clear();
  }

  private beginSegment(): void {
    const link = this.words[0] as number;
    const length = this.words[1] as number;
    this.inlet = this.inlets.get(link);
    if (this.inlet === undefined) throw new SegmentError(`a segment of link ${link >>> 16}->${link & 0xffff}`);
    if (length < runHeader || length % 8 !== 0) throw new SegmentError(`a segment of ${length} bytes`);
    this.segmentLeft = length;
  }

  private beginMessage(): void {
    const inlet = this.inlet as Inlet;
    const length = this.words[0] as number;
    const tag = this.words[1] as number;
    if (length > inlet.maxMessage || runFootprint(length) > this.segmentLeft) {
      throw new SegmentError(`a message of ${length} bytes`);
    }
    this.segmentLeft -= runFootprint(length);
    this.messageLength = length;
    this.payloadLeft = length;
    this.paddingLeft = runFootprint(length) - runHeader - length;
    inlet.open(length, tag);
    if (length === 0) this.endPayload();
  }

  private endPayload(): void {
    const inlet = this.inlet as Inlet;
    inlet.close(this.messageLength);
    this.touched.add(inlet);
  }
}
