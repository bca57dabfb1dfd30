// The entries of an operator's state as bytes, and which of them belong to a worker.

import { ByteReader, ByteWriter } from "../codec/index.ts";
import { route } from "../hash/index.ts";
import type { StateReader, StateWriter } from "./state.ts";

// The first byte of an entry.
const KEYED = 0;
const OWN = 1;
const SHARED = 2;

/** Writes entries: a kind, the hash of a keyed one, and the bytes behind their length. */
export class EntryWriter implements StateWriter {
  private readonly to = new ByteWriter(256);
  private readonly entry = new ByteWriter(64);

  keyed(hash: number, write: (to: ByteWriter) => void): void {
    this.to.u8(KEYED);
    this.to.u32(hash);
    this.add(write);
  }

  own(write: (to: ByteWriter) => void): void {
    this.to.u8(OWN);
    this.add(write);
  }

  shared(write: (to: ByteWriter) => void): void {
    this.to.u8(SHARED);
    this.add(write);
  }

  /** The entries written so far; valid until the next one. */
  finish(): Uint8Array {
    return this.to.finish();
  }

  private add(write: (to: ByteWriter) => void): void {
    this.entry.reset();
    write(this.entry);
    this.to.varint(this.entry.position);
    this.to.raw(this.entry.finish());
  }
}

/** Whether what worker `saver` saved for itself belongs to this worker now. */
export function inherits(index: number, peers: number, saver: number): boolean {
  return saver % peers === index;
}

/** Reads the entries that several workers saved, on one of `peers` workers. */
export class EntryReader implements StateReader {
  private readonly sections: readonly Uint8Array[];
  private readonly index: number;
  private readonly peers: number;

  /** `sections` are the entries by the worker that saved them. */
  constructor(sections: readonly Uint8Array[], index: number, peers: number) {
    this.sections = sections;
    this.index = index;
    this.peers = peers;
  }

  keyed(read: (from: ByteReader, hash: number) => void): void {
    this.each(KEYED, (from, hash) => {
      if (route(hash, this.peers) === this.index) read(from, hash);
    });
  }

  own(read: (from: ByteReader, worker: number) => void): void {
    this.each(OWN, (from, _, worker) => {
      if (inherits(this.index, this.peers, worker)) read(from, worker);
    });
  }

  shared(read: (from: ByteReader, worker: number) => void): void {
    this.each(SHARED, (from, _, worker) => read(from, worker));
  }

  private each(wanted: number, read: (from: ByteReader, hash: number, worker: number) => void): void {
    this.sections.forEach((bytes, worker) => {
      const reader = new ByteReader(bytes);
      while (!reader.done) {
        const kind = reader.u8();
        const hash = kind === KEYED ? reader.u32() : 0;
        const length = reader.varint();
        const start = reader.position;
        // A view of each entry would cost more than reading it.
        if (kind === wanted) read(new ByteReader(bytes, start, start + length), hash, worker);
        reader.position = start + length;
      }
    });
  }
}
