// The bytes of a captured stream: a header that says what it is a stream of, then one frame an event.
//
// Header: "LMTC", the version (u8), the length of what follows (u32), names of the times and of the layout (UTF-8 with lengths), and a check
// value (u32). Frame: its kind (u8), the length of its payload (u32), a check value over both and the payload (u32), the payload. Integers are
// little-endian. A batch's payload: the time by the codec of the domain, and the batch as its layout encodes it. A frontier's: the number
// of changes, and each one's time and diff.

import { hashBytes } from "../hash/index.ts";

/** The first bytes: "LMTC" and the version. */
export const magic = Uint8Array.of(0x4c, 0x4d, 0x54, 0x43, 1);

/** Bytes before the names of a header, and before the payload of a frame. */
export const headerStart = magic.length + 4;
/** Bytes before the payload of a frame. */
export const frameStart = 9;

/** Kinds of frames. */
export const batchFrame = 1;
/** Kinds of frames. */
export const frontierFrame = 2;

/** The check value of a frame or header: over its kind and length, which are the hash's seed, and its bytes. */
export function check(kind: number, bytes: Uint8Array, from: number, to: number): number {
  return hashBytes(bytes, (kind * 0x9e3779b1 + (to - from)) >>> 0, from, to);
}
