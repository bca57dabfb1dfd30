// One operator in one worker's part of a checkpoint: its entries, and the batches it sent past the cut.

import { ByteReader, type ByteWriter, type Codec } from "../codec/index.ts";
import type { Crossing } from "./gate.ts";
import type { SavedState } from "./registry.ts";

/** The entries and crossings of one worker's operator, as read back. */
export interface OperatorRecord {
  readonly entries: Uint8Array;
  readonly crossings: SavedState["crossings"];
}

function writeBytes(bytes: Uint8Array, to: ByteWriter): void {
  to.varint(bytes.length);
  to.raw(bytes);
}

function readBytes(from: ByteReader): Uint8Array {
  return from.raw(from.varint());
}

/** Writes an operator's entries and crossings; `times` are those of its scope. */
export function writeRecord<T>(
  entries: Uint8Array,
  crossings: readonly Crossing<T>[],
  times: Codec<T>,
  to: ByteWriter,
): void {
  writeBytes(entries, to);
  to.varint(crossings.length);
  for (const { output, time, bytes } of crossings) {
    to.varint(output);
    // The time behind its length, which is known once it is written.
    to.u32(0);
    const start = to.position;
    times.write(time, to);
    const end = to.position;
    to.position = start - 4;
    to.u32(end - start);
    to.position = end;
    writeBytes(bytes, to);
  }
}

/** Reads what `writeRecord` wrote; the result shares the memory. */
export function readRecord(bytes: Uint8Array): OperatorRecord {
  const from = new ByteReader(bytes);
  const entries = readBytes(from);
  const crossings = Array.from({ length: from.varint() }, () => {
    const output = from.varint();
    const time = from.raw(from.u32());
    return { output, time, bytes: readBytes(from) };
  });
  return { entries, crossings };
}
