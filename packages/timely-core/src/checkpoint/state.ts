// What an operator saves of itself at a checkpoint, and how it gets that back, with any number of workers.

import type { ByteReader, ByteWriter } from "../codec/index.ts";

/** Where `save` writes an operator's state, in entries. What a restored run hands to which worker depends on their kind. */
export interface StateWriter {
  /** An entry for the worker that `exchange` sends records of this u32 hash to: the state of one key. */
  keyed(hash: number, write: (to: ByteWriter) => void): void;
  /** An entry for one worker: for the same one as long as the number of workers stays, else for the worker of this number modulo theirs. */
  own(write: (to: ByteWriter) => void): void;
  /** An entry for every worker, which then sees those of all. */
  shared(write: (to: ByteWriter) => void): void;
}

/** Where `load` finds the entries that all workers saved. Each entry is read from its own first byte. */
export interface StateReader {
  /** The keyed entries that belong to this worker. */
  keyed(read: (from: ByteReader, hash: number) => void): void;
  /** The entries of `own` that belong to this worker, with the number of the worker that saved each. */
  own(read: (from: ByteReader, worker: number) => void): void;
  /** The shared entries of all workers, with the number of the worker that saved each. */
  shared(read: (from: ByteReader, worker: number) => void): void;
}

/**
 * How an operator's state is saved and loaded: given to `info.state` while the operator is constructed.
 *
 * `save` is called when the operator has acted on every batch of the checkpoint's time and before, and on no other. `load` is called in a
 * restored run, by `info.state` itself: capabilities of the operator may be `delayed` there to the times of pending work, but nothing
 * can be sent yet.
 */
export interface StateHook {
  /** Names the form of the bytes: a run refuses state of another form. Default: empty. */
  readonly schema?: string;
  /** Writes the whole state. */
  save(to: StateWriter): void;
  /** Takes in what all workers have saved, as far as it belongs here. */
  load(from: StateReader): void;
}
