// What a store holds: finds the checkpoint to start from, and removes what no checkpoint needs any more.

import { checksum } from "./checksum.ts";
import { CheckpointError } from "./errors.ts";
import { type Manifest, manifestName, parseName, readManifest } from "./manifest.ts";
import type { CheckpointStore } from "./store.ts";

/** A checkpoint that was passed over, and why. */
export interface SkippedCheckpoint {
  /** The checkpoint's number. */
  readonly id: number;
  /** What was wrong with it. */
  readonly reason: string;
}

/** A whole checkpoint, verified. */
export interface FoundCheckpoint {
  readonly manifest: Manifest;
  /** By worker. */
  readonly parts: readonly Uint8Array[];
}

/** What a store holds, for a run that is about to start. */
export interface Catalogue {
  /** The checkpoint to start from, if there is one. */
  readonly found: FoundCheckpoint | undefined;
  /** Newer ones that can't be used. */
  readonly skipped: readonly SkippedCheckpoint[];
  /** The greatest number of a checkpoint in the store, whole or not; 0 when there is none. */
  readonly last: number;
}

/**
 * Looks for the newest whole checkpoint (`which` is true), for that of a number, or for none (false). Torn or corrupted ones are skipped.
 *
 * @throws CheckpointError when the one that is asked for is not there or not whole, and when there are checkpoints but no whole one.
 */
export function readCatalogue(store: CheckpointStore, which: boolean | number): Catalogue {
  const ids = manifestsOf(store);
  const last = ids[0] ?? 0;
  if (which === false) return { found: undefined, skipped: [], last };
  if (typeof which === "number") {
    if (!ids.includes(which)) {
      throw new CheckpointError(`there is no checkpoint ${which}: the store holds ${ids.join(", ") || "none"}`);
    }
    return { found: open(store, which), skipped: [], last };
  }
  const skipped: SkippedCheckpoint[] = [];
  for (const id of ids) {
    try {
      return { found: open(store, id), skipped, last };
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      skipped.push({ id, reason: error.message });
    }
  }
  if (skipped.length > 0) {
    const reasons = skipped.map(({ reason }) => reason).join("; ");
    throw new CheckpointError(`no checkpoint is whole: ${reasons}. Start with restore: false to do without`);
  }
  return { found: undefined, skipped, last };
}

/** The numbers of the checkpoints in a store, greatest first. */
function manifestsOf(store: CheckpointStore): number[] {
  const ids: number[] = [];
  for (const name of store.list()) {
    const parsed = parseName(name);
    if (parsed?.manifest) ids.push(parsed.id);
  }
  return ids.sort((a, b) => b - a);
}

function open(store: CheckpointStore, id: number): FoundCheckpoint {
  const manifest = openManifest(store, id);
  const parts = manifest.parts.map((reference, worker) => {
    const bytes = store.read(reference.name);
    const of = `checkpoint ${id}: the part of worker ${worker}, ${reference.name},`;
    if (bytes === undefined) throw new CheckpointError(`${of} is missing`);
    if (bytes.length !== reference.bytes) {
      throw new CheckpointError(`${of} has ${bytes.length} bytes where ${reference.bytes} were written`);
    }
    if (checksum(bytes) !== reference.checksum) throw new CheckpointError(`${of} has another checksum`);
    return bytes;
  });
  return { manifest, parts };
}

function openManifest(store: CheckpointStore, id: number): Manifest {
  const bytes = store.read(manifestName(id));
  if (bytes === undefined) throw new CheckpointError(`checkpoint ${id}: its manifest is gone`);
  try {
    return readManifest(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckpointError(`checkpoint ${id}: its manifest can't be read: ${reason}`, error);
  }
}

/** What may be removed once a checkpoint is durable. */
export interface Superfluous {
  /** The checkpoint. */
  readonly durable: number;
  /** How many checkpoints stay. */
  readonly keep: number;
  /** Checkpoints after `restored`, up to `last`, are of a course that this run did not take. */
  readonly restored: number;
  readonly last: number;
}

/** Removes checkpoints that are not to stay, then every part up to `durable` that none left names, as runs leave that are cut off. */
export function prune(store: CheckpointStore, { durable, keep, restored, last }: Superfluous): void {
  const kept = new Set<string>();
  let left = keep;
  for (const id of manifestsOf(store)) {
    if (id > durable) continue;
    const parts = left > 0 && !(id > restored && id <= last) ? partsOf(store, id) : undefined;
    if (parts === undefined) {
      store.remove(manifestName(id));
      continue;
    }
    left -= 1;
    for (const name of parts) kept.add(name);
  }
  for (const name of store.list()) {
    const parsed = parseName(name);
    if (parsed !== undefined && !parsed.manifest && parsed.id <= durable && !kept.has(name)) store.remove(name);
  }
}

/** The names of a checkpoint's parts; undefined when its manifest can't be read, which then needs none. */
function partsOf(store: CheckpointStore, id: number): string[] | undefined {
  try {
    return openManifest(store, id).parts.map(({ name }) => name);
  } catch (error) {
    if (error instanceof CheckpointError) return undefined;
    throw error;
  }
}
