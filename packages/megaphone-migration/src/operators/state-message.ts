// What travels on the state channel: packed records, in the wire order Prepare, State or Blocks, Pending, Commit for each bin
// (Megaphone, section 4; engine rules 20 and 24). Many small bins share a message, and a large one is cut into many.

import {
  type BlockHandle,
  ByteReader,
  ByteWriter,
  type Codec,
  DecodeError,
  HANDLE_WORDS,
  type TimeDomain,
  values,
} from "@limmat/timely-core";
import type { PendingShare } from "./pending-work.ts";

/** A message on the state channel. */
export interface StateMessage {
  /** The worker that it is for. */
  readonly to: number;
  /** The worker that sent it. */
  readonly from: number;
  /** Packed records. */
  readonly bytes: Uint8Array;
}

/** How much of what a worker sent was installed. */
export interface CreditMessage {
  /** The worker whose bytes they were. */
  readonly to: number;
  /** The worker that installed them. */
  readonly from: number;
  /** How many. */
  readonly bytes: number;
}

const PREPARE = 1;
const STATE = 2;
const BLOCKS = 3;
const PENDING = 4;
const COMMIT = 5;
const ABORT = 6;

/** Packs records into the bytes of messages. */
export class StatePacker<T> {
  private readonly domain: TimeDomain<T>;
  private readonly records: Codec<unknown>;
  private readonly to = new ByteWriter(1024);

  /** Times are of `domain`, post-dated records by a codec of theirs. */
  constructor(domain: TimeDomain<T>, records: Codec<unknown> = values) {
    this.domain = domain;
    this.records = records;
  }

  /** How many bytes are packed. */
  get length(): number {
    return this.to.position;
  }

  /** What was packed, in memory of its own; starts anew. */
  finish(): Uint8Array {
    const bytes = this.to.finish().slice();
    this.to.reset();
    return bytes;
  }

  /** Starts the transfer of a bin. */
  prepare(bin: number, sequence: number): void {
    this.to.u8(PREPARE);
    this.to.varint(bin);
    this.to.varint(sequence);
  }

  /** A piece of its state. */
  state(bin: number, piece: Uint8Array): void {
    this.to.u8(STATE);
    this.to.varint(bin);
    this.to.varint(piece.length);
    this.to.raw(piece);
  }

  /** Its memory, which changes hands. */
  blocks(bin: number, handles: readonly BlockHandle[]): void {
    const { to } = this;
    to.u8(BLOCKS);
    to.varint(bin);
    to.varint(handles.length);
    for (const { slab, offset, length, generation } of handles) {
      to.u32(slab);
      to.u32(offset);
      to.u32(length);
      to.u32(generation);
    }
  }

  /** Post-dated records from index `start` up to but without `end` of a time. */
  pending(bin: number, time: T, records: readonly unknown[], start: number, end: number): void {
    const { to } = this;
    to.u8(PENDING);
    to.varint(bin);
    this.domain.codec.write(time, to);
    to.varint(end - start);
    for (let i = start; i < end; i++) this.records.write(records[i], to);
  }

  /** Ends the transfer: the bin is whole. */
  commit(bin: number): void {
    this.to.u8(COMMIT);
    this.to.varint(bin);
  }

  /** Takes the transfer back: the step was cancelled. */
  abort(bin: number): void {
    this.to.u8(ABORT);
    this.to.varint(bin);
  }
}

/** Takes what was packed. */
export interface StateReceiver<T> {
  /** A transfer starts. */
  prepare(bin: number, sequence: number): void;
  /** A piece of state; valid until the call returns. */
  state(bin: number, piece: Uint8Array): void;
  /** Memory changes hands. */
  blocks(bin: number, handles: readonly BlockHandle[]): void;
  /** Post-dated records. */
  pending(bin: number, share: PendingShare<T, unknown>): void;
  /** The bin is whole. */
  commit(bin: number): void;
  /** The transfer was taken back. */
  abort(bin: number): void;
}

/** Unpacks the bytes of one message. Throws `DecodeError` on others. */
export function unpackState<T>(
  bytes: Uint8Array,
  domain: TimeDomain<T>,
  records: Codec<unknown>,
  receiver: StateReceiver<T>,
): void {
  const from = new ByteReader(bytes);
  while (!from.done) {
    const at = from.position;
    const kind = from.u8();
    const bin = from.varint();
    switch (kind) {
      case PREPARE:
        receiver.prepare(bin, from.varint());
        break;
      case STATE:
        receiver.state(bin, from.raw(from.varint()));
        break;
      case BLOCKS:
        receiver.blocks(bin, readHandles(from));
        break;
      case PENDING: {
        const time = domain.codec.read(from);
        const count = from.varint();
        const list: unknown[] = [];
        for (let i = 0; i < count; i++) list.push(records.read(from));
        receiver.pending(bin, { time, records: list });
        break;
      }
      case COMMIT:
        receiver.commit(bin);
        break;
      case ABORT:
        receiver.abort(bin);
        break;
      default:
        throw new DecodeError(`${kind} is no kind of record on a state channel`, at);
    }
  }
}

function readHandles(from: ByteReader): BlockHandle[] {
  const count = from.varint();
  const handles: BlockHandle[] = [];
  for (let i = 0; i < count; i++) {
    handles.push({ slab: from.u32(), offset: from.u32(), length: from.u32(), generation: from.u32() });
  }
  return handles;
}

/** Bytes of a handle as it is packed. */
export const handleBytes = HANDLE_WORDS * 4;
