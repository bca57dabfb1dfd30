// The layout of streams of rows: a batch is encoded as one message of the records codec.

import { BYTE_ORDER, ByteReader, ByteWriter, DecodeError } from "../codec/bytes.ts";
import { records } from "../codec/values.ts";
import { routeColumn } from "../hash/index.ts";
import { type Builder, type Layout, type Lender, placeError, type Scatter } from "./layout.ts";
import { inDevelopment } from "./ownership.ts";
import { Rows } from "./rows.ts";

/** Records after which a builder of rows is full, unless told otherwise. */
const ROWS_CAPACITY = 1024;

/**
 * The layout of batches of any plain data of type `D`. Bytes can be decoded at any alignment. Encoding throws
 * `EncodeError` naming the field of a record that is not plain data.
 */
export function rows<D>(): Layout<Rows<D>> {
  return new RowsLayout<D>();
}

class RowsLayout<D> implements Layout<Rows<D>> {
  readonly kind = "rows";
  readonly fingerprint = `rows-${BYTE_ORDER}`;
  // The size of rows is known only by encoding them: what `byteLength` wrote is kept for `encode`.
  private readonly writer = new ByteWriter(1024);
  private written: Rows<D> | undefined;

  empty(): Rows<D> {
    return new Rows<D>([]);
  }

  builder(capacity = ROWS_CAPACITY): Builder<Rows<D>> {
    return new RowsBuilder<D>(capacity);
  }

  byteLength(batch: Rows<D>): number {
    const { writer } = this;
    this.written = undefined;
    writer.reset();
    records.write(batch.data, writer);
    this.written = batch;
    return writer.position;
  }

  encode(batch: Rows<D>, bytes: Uint8Array, offset: number): void {
    if (this.written !== batch) this.byteLength(batch);
    this.written = undefined;
    bytes.set(this.writer.finish(), offset);
  }

  decode(bytes: Uint8Array, offset: number, length: number, lender?: Lender): Rows<D> {
    const reader = new ByteReader(bytes, offset, offset + length);
    const data = records.read(reader);
    if (!reader.done) throw new DecodeError("bytes are left over behind a batch of rows", reader.position);
    return new Rows(
      data as readonly D[],
      lender?.onReleased === undefined ? undefined : { onReleased: lender.onReleased },
    );
  }

  slice(batch: Rows<D>, from: number, to: number): Rows<D> {
    return new Rows(batch.data.slice(from, to));
  }

  concat(batches: readonly Rows<D>[]): Rows<D> {
    return new Rows(([] as D[]).concat(...batches.map((batch) => batch.data)));
  }

  scatter(peers: number): Scatter<Rows<D>> {
    return new RowsScatter<D>(peers);
  }
}

/** Up to so many records a batch gets an array of just its size, and the builder keeps its own: arrays grow in leaps. */
const SMALL = 64;

class RowsBuilder<D> implements Builder<Rows<D>> {
  readonly capacity: number;
  private data: D[] = [];
  private count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get length(): number {
    return this.count;
  }

  push(record: D): void {
    this.data[this.count] = record;
    this.count += 1;
  }

  pushFrom(batch: Rows<D>, i: number): void {
    this.push(batch.data[i] as D);
  }

  finish(): Rows<D> {
    const { data, count } = this;
    this.count = 0;
    if (count > SMALL) {
      this.data = [];
      return new Rows(data);
    }
    const records = data.slice(0, count);
    // What has been handed on is not to be kept alive from here.
    for (let i = 0; i < count; i++) data[i] = undefined as D;
    return new Rows(records);
  }
}

class RowsScatter<D> implements Scatter<Rows<D>> {
  readonly counts: Uint32Array;
  private divided: D[][];
  private written = new Uint32Array(0);
  private readonly writers: (ByteWriter | undefined)[];
  private readonly encoded: Uint8Array;
  private readonly placed: Uint8Array;

  constructor(peers: number) {
    this.counts = new Uint32Array(peers);
    this.divided = Array.from({ length: peers }, () => []);
    this.writers = Array.from({ length: peers }, () => undefined);
    this.encoded = new Uint8Array(peers);
    this.placed = new Uint8Array(peers);
  }

  targets(records: number): Uint32Array {
    if (this.written.length < records) this.written = new Uint32Array(Math.max(records, ROWS_CAPACITY));
    return this.written;
  }

  hash(): boolean {
    return false;
  }

  route(records: number): void {
    const { written, counts } = this;
    routeColumn(written, written, records, counts.length, counts);
  }

  plan(batch: Rows<D>): void {
    const { written: targets } = this;
    const { data } = batch;
    const parts = Array.from(this.counts, (): D[] => []);
    for (let i = 0; i < data.length; i++) (parts[targets[i] as number] as D[]).push(data[i] as D);
    this.divided = parts;
    this.encoded.fill(0);
    this.placed.fill(0);
  }

  byteLength(peer: number): number {
    return this.encode(peer).position;
  }

  place(peer: number, bytes: Uint8Array, offset: number): void {
    bytes.set(this.encode(peer).finish(), offset);
    this.placed[peer] = 1;
  }

  run(self = -1): Rows<D> | undefined {
    const { counts, placed } = this;
    let mine: Rows<D> | undefined;
    for (let peer = 0; peer < counts.length; peer++) {
      if (counts[peer] === 0) continue;
      if (peer === self) mine = new Rows(this.local(peer));
      else if (placed[peer] === 0) throw placeError(peer, counts[peer] as number);
    }
    // Nothing of the batch is kept beyond its scattering.
    this.divided = [];
    counts.fill(0);
    return mine;
  }

  parts(): Rows<D>[] {
    return this.divided.map((part) => new Rows(part));
  }

  /** In development values are copied to the own worker as well, lest a program come to rely on identity (engine rule 10). */
  private local(peer: number): readonly D[] {
    if (!inDevelopment()) return this.divided[peer] as D[];
    const writer = this.encode(peer);
    return records.read(new ByteReader(writer.bytes, 0, writer.position)) as readonly D[];
  }

  private encode(peer: number): ByteWriter {
    let writer = this.writers[peer];
    if (writer === undefined) {
      writer = new ByteWriter(1024);
      this.writers[peer] = writer;
    }
    if (this.encoded[peer] === 0) {
      writer.reset();
      records.write(this.divided[peer] as D[], writer);
      this.encoded[peer] = 1;
    }
    return writer;
  }
}
