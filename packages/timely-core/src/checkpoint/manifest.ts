// A manifest: what makes the parts of all workers one checkpoint. It is written in one step, once all parts are durable.

import { ByteReader, ByteWriter, DecodeError, values } from "../codec/index.ts";
import { checksum } from "./checksum.ts";

/** The version of manifests that this engine writes, and reads. */
export const manifestVersion = 1;

/** One worker's part, as its manifest knows it. */
export interface PartReference {
  /** The blob's name in the store. */
  readonly name: string;
  readonly bytes: number;
  readonly checksum: string;
}

/** What a manifest says. */
export interface Manifest {
  readonly version: number;
  /** Ascending over all runs on one store. */
  readonly id: number;
  /** The time that is covered, and everything before it, by the codec of its domain. */
  readonly time: Uint8Array;
  /** The name of that domain. */
  readonly domain: string;
  readonly workers: number;
  /** The run that took it. */
  readonly generation: number;
  /** The dataflows that are in it. */
  readonly dataflows: readonly string[];
  /** By worker. */
  readonly parts: readonly PartReference[];
  /** What each worker's program noted with it. */
  readonly metadata: readonly unknown[];
}

const suffix = ".manifest";
const digits = 16;

/** The name of a manifest; names sort as ids do. */
export function manifestName(id: number): string {
  return `${String(id).padStart(digits, "0")}${suffix}`;
}

/** The name of a worker's part that was first written for a checkpoint. */
export function partName(id: number, worker: number): string {
  return `${String(id).padStart(digits, "0")}-${worker}.part`;
}

/** The checkpoint that a blob's name says it belongs to, and whether it is its manifest; undefined for other blobs. */
export function parseName(name: string): { readonly id: number; readonly manifest: boolean } | undefined {
  const match = /^(\d{16})(?:(\.manifest)|-\d+\.part)$/.exec(name);
  return match === null ? undefined : { id: Number(match[1]), manifest: match[2] !== undefined };
}

/** The bytes of a manifest, which end in a checksum of the rest. */
export function writeManifest(manifest: Manifest): Uint8Array {
  const body = new ByteWriter(512);
  values.write(manifest, body);
  body.utf8(checksum(body.finish()));
  return body.finish();
}

/** Reads what `writeManifest` wrote; throws `DecodeError` on anything else. */
export function readManifest(bytes: Uint8Array): Manifest {
  const end = bytes.length - digits - 1;
  if (end < 0) throw new DecodeError("a manifest cut short", bytes.length);
  const tail = new ByteReader(bytes, end);
  if (tail.utf8() !== checksum(bytes, 0, end)) throw new DecodeError("a manifest with another checksum", end);
  const manifest = values.read(new ByteReader(bytes, 0, end)) as Manifest;
  if (manifest.version !== manifestVersion) {
    throw new DecodeError(`a manifest of version ${manifest.version}, where ${manifestVersion} is known`, 0);
  }
  return manifest;
}
