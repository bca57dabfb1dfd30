// A part: everything that one worker saves for one checkpoint.

import { ByteReader, ByteWriter, DecodeError } from "../codec/index.ts";

const magic = 0x50434d4c; // "LMCP" in bytes
const version = 1;

/** One operator's record, with what it must agree on. */
export interface PartEntry {
  readonly path: string;
  readonly schema: string;
  /** See `writeRecord`. */
  readonly record: Uint8Array;
}

/** What a part holds: operators by dataflow. */
export type Part = ReadonlyMap<string, readonly PartEntry[]>;

/** Writes a part; valid until the writer is used again. */
export function writePart(part: Part, to: ByteWriter): Uint8Array {
  to.reset();
  to.u32(magic);
  to.varint(version);
  to.varint(part.size);
  for (const [dataflow, entries] of part) {
    to.utf8(dataflow);
    to.varint(entries.length);
    for (const { path, schema, record } of entries) {
      to.utf8(path);
      to.utf8(schema);
      to.varint(record.length);
      to.raw(record);
    }
  }
  return to.finish();
}

/** Reads what `writePart` wrote, sharing its memory; throws `DecodeError` on anything else. */
export function readPart(bytes: Uint8Array): Part {
  const from = new ByteReader(bytes);
  if (from.u32() !== magic) throw new DecodeError("not a part of a checkpoint", 0);
  const found = from.varint();
  if (found !== version) throw new DecodeError(`a part of version ${found}, where ${version} is known`, 4);
  const part = new Map<string, PartEntry[]>();
  for (let dataflows = from.varint(); dataflows > 0; dataflows--) {
    const entries: PartEntry[] = [];
    part.set(from.utf8(), entries);
    for (let left = from.varint(); left > 0; left--) {
      const path = from.utf8();
      const schema = from.utf8();
      entries.push({ path, schema, record: from.raw(from.varint()) });
    }
  }
  return part;
}

/** A writer for parts. */
export function partWriter(): ByteWriter {
  return new ByteWriter(4096);
}
