// The header of a message between two ends of a channel (engine rule 9).

import { ProtocolError } from "../errors.ts";

/** Bytes of a header: eight little-endian 32-bit words; the encoded time and the payload follow, each 8-aligned. */
export const frameHeader = 32;

/**
 * What every message between two ends of a channel says of itself. `stamp` stands for the run and the whole graph, so that messages of
 * another run or from a worker that built another graph are refused.
 */
export interface Frame {
  stamp: number;
  dataflow: number;
  channel: number;
  sender: number;
  /** Counts the messages of this channel from the sender to the receiver, from 0, modulo 2^32. */
  sequence: number;
  records: number;
  timeBytes: number;
  payloadBytes: number;
}

/** Rounds up to a multiple of 8. */
export function aligned(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** The length of a whole message. */
export function frameLength(timeBytes: number, payloadBytes: number): number {
  return frameHeader + aligned(timeBytes) + payloadBytes;
}

// One view is kept for the memory that was used last: most messages go to and come from the same few rings.
let words: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(frameHeader));

function viewOf(bytes: Uint8Array): DataView<ArrayBufferLike> {
  if (words.buffer !== bytes.buffer) words = new DataView(bytes.buffer);
  return words;
}

/** Writes a header at `bytes[offset]`. */
export function writeFrame(frame: Frame, bytes: Uint8Array, offset: number): void {
  const view = viewOf(bytes);
  const at = bytes.byteOffset + offset;
  view.setUint32(at, frame.stamp, true);
  view.setUint32(at + 4, frame.dataflow, true);
  view.setUint32(at + 8, frame.channel, true);
  view.setUint32(at + 12, frame.sender, true);
  view.setUint32(at + 16, frame.sequence, true);
  view.setUint32(at + 20, frame.records, true);
  view.setUint32(at + 24, frame.timeBytes, true);
  view.setUint32(at + 28, frame.payloadBytes, true);
}

/** Reads a header into `frame`; throws `ProtocolError` when the message is shorter than it says. */
export function readFrame(frame: Frame, bytes: Uint8Array, offset: number, length: number): void {
  if (length < frameHeader) throw new ProtocolError(`a message of ${length} bytes is shorter than a header`);
  const view = viewOf(bytes);
  const at = bytes.byteOffset + offset;
  frame.stamp = view.getUint32(at, true);
  frame.dataflow = view.getUint32(at + 4, true);
  frame.channel = view.getUint32(at + 8, true);
  frame.sender = view.getUint32(at + 12, true);
  frame.sequence = view.getUint32(at + 16, true);
  frame.records = view.getUint32(at + 20, true);
  frame.timeBytes = view.getUint32(at + 24, true);
  frame.payloadBytes = view.getUint32(at + 28, true);
  if (frameLength(frame.timeBytes, frame.payloadBytes) > length) {
    throw new ProtocolError(
      `a message of ${length} bytes says it holds ${frameLength(frame.timeBytes, frame.payloadBytes)}`,
    );
  }
}

/** A header to write to or read into. */
export function emptyFrame(): Frame {
  return { stamp: 0, dataflow: 0, channel: 0, sender: 0, sequence: 0, records: 0, timeBytes: 0, payloadBytes: 0 };
}
