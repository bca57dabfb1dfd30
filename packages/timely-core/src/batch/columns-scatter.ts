// Scattering a columnar batch over peers straight into memory reserved for each (engine rule 8), piece by piece: by kernels where they can
// be had, else record numbers are ordered by peer, and every column is gathered for every peer by a loop of its own type.

import { routeColumn } from "../hash/index.ts";
import { Columns } from "./columns.ts";
import { addressOf, copyTexts, formatLength, HEADER_BYTES, pad8 } from "./columns-format.ts";
import { type ColumnsMemory, type ColumnsPool, poolOf } from "./columns-memory.ts";
import { gather, gatherText, type ValueArray, Views } from "./gather.ts";
import { type IntegerKey, placeError, type Scatter } from "./layout.ts";
import { PIECE, type ScatterKernels, scatterKernels, type Taker } from "./scatter-kernels.ts";
import type { ColumnOf, ColumnType, Field, Fields, Schema } from "./schema.ts";
import { Utf8Appender, type Utf8Column } from "./utf8-column.ts";

/** Below so many records the calls of a kernel cost more than they save. */
const FEW = 32;

/** Scatters batches of one schema over peers. */
export class ColumnsScatter<F extends Fields> implements Scatter<Columns<F>> {
  readonly counts: Uint32Array;
  private readonly schema: Schema<F>;
  private readonly pool: ColumnsPool<F>;
  private readonly kernels: ScatterKernels | null;
  private readonly order: PeerOrder;
  private readonly hasText: boolean;
  /** Records of a piece for each peer. */
  private readonly pieceCounts: Uint32Array;
  /** Bytes of text for each peer, of each text column: `[column * peers + peer]`. */
  private readonly textBytes: Float64Array;
  private readonly places: Place[];
  private batch: Columns<F> | undefined;
  private ownTargets = new Uint32Array(0);

  constructor(schema: Schema<F>, peers: number, kernels: ScatterKernels | null = scatterKernels()) {
    this.schema = schema;
    this.pool = poolOf(schema);
    this.counts = new Uint32Array(peers);
    this.hasText = schema.fields.some(({ type }) => type === "utf8");
    this.kernels = !this.hasText && kernels?.serves(peers) ? kernels : null;
    this.order = new PeerOrder(peers);
    this.pieceCounts = new Uint32Array(peers);
    this.textBytes = new Float64Array(schema.fields.length * peers);
    this.places = Array.from({ length: peers }, () => new Place(schema));
  }

  targets(records: number): Uint32Array {
    if (this.kernels !== null) {
      this.kernels.reserve(records);
      return this.kernels.targets;
    }
    if (this.ownTargets.length < records) this.ownTargets = new Uint32Array(Math.max(records, PIECE));
    return this.ownTargets;
  }

  hash({ columns, length }: Columns<F>, { name, seed }: IntegerKey): boolean {
    // A pact that was made for another layout may name a column of another width here.
    if (this.kernels === null || this.schema.types[name] !== "u32") return false;
    const source = columns[name] as ValueArray;
    this.kernels.mix(new Uint8Array(source.buffer, source.byteOffset, 4 * length), seed);
    return true;
  }

  route(records: number): void {
    const { counts, kernels } = this;
    if (kernels !== null && counts.length === 2) {
      kernels.routePair(records, counts);
      return;
    }
    const targets = this.targets(records);
    routeColumn(targets, targets, records, counts.length, counts);
  }

  plan(batch: Columns<F>): void {
    const { counts, schema, textBytes, places, hasText } = this;
    const peers = counts.length;
    for (let peer = 0; peer < peers; peer++) (places[peer] as Place).known = false;
    if (hasText) {
      const targets = this.targets(batch.length);
      textBytes.fill(0);
      for (let column = 0; column < schema.fields.length; column++) {
        const { name, type } = schema.fields[column] as Field;
        if (type !== "utf8") continue;
        countText((batch.columns[name] as Utf8Column).offsets, targets, batch.length, textBytes, column * peers);
      }
    }
    this.batch = batch;
  }

  byteLength(peer: number): number {
    const peers = this.counts.length;
    const n = this.counts[peer] as number;
    return formatLength(this.schema, n, (column) => this.textBytes[column * peers + peer] as number);
  }

  place(peer: number, bytes: Uint8Array, offset: number): void {
    const length = this.byteLength(peer);
    const address = addressOf(bytes, offset, length);
    if (address + length > 0xffffffff)
      throw new RangeError(`the place of worker ${peer} ends beyond 4 GiB of its buffer`);
    this.placeOf(peer).inFormat(bytes.buffer, address, this.counts[peer] as number, this.textOf(peer));
  }

  run(self = -1): Columns<F> | undefined {
    const { counts, batch } = this;
    if (batch === undefined) return undefined;
    // Where nothing is divided the batch itself stays.
    const stays = counts[self] === batch.length && batch.length > 0 && !batch.borrowed;
    const own = stays ? batch.share(1) : this.allot(self);
    if (!stays) {
      for (let peer = 0; peer < counts.length; peer++) {
        if (counts[peer] !== 0 && !this.placeOf(peer).known) throw placeError(peer, counts[peer] as number);
      }
      this.write(batch);
    }
    this.batch = undefined;
    counts.fill(0);
    return own;
  }

  parts(): (Columns<F> | undefined)[] {
    const { counts, batch } = this;
    const parts = this.places.map((_, peer) => this.allot(peer));
    if (batch !== undefined) this.write(batch);
    this.batch = undefined;
    counts.fill(0);
    return parts;
  }

  /** A batch of its own for a peer's records, which are still to be written. */
  private allot(peer: number): Columns<F> | undefined {
    const count = this.counts[peer] ?? 0;
    if (count === 0) return undefined;
    const memory = this.pool.take(count);
    this.placeOf(peer).inMemory(memory, this.textOf(peer));
    return new Columns(this.schema, count, memory.toRead(), memory);
  }

  private placeOf(peer: number): Place {
    return this.places[peer] as Place;
  }

  /** The bytes of text that a peer gets of a column. */
  private textOf(peer: number): (column: number) => number {
    return (column) => this.textBytes[column * this.counts.length + peer] as number;
  }

  private write(batch: Columns<F>): void {
    const { counts, kernels } = this;
    const { length } = batch;
    if (length === 0) return;
    const whole = counts.indexOf(length);
    if (whole >= 0) {
      this.placeOf(whole).copy(batch);
      return;
    }
    for (let from = 0; from < length; from += PIECE) {
      const to = Math.min(length, from + PIECE);
      if (kernels === null || length < FEW) this.gather(batch, from, to);
      else this.divide(batch, from, to, kernels);
    }
  }

  private gather(batch: Columns<F>, from: number, to: number): void {
    const { order, counts } = this;
    order.sort(this.targets(batch.length), from, to);
    for (let peer = 0; peer < counts.length; peer++) {
      const start = order.start(peer);
      const end = order.start(peer + 1);
      if (start < end) this.placeOf(peer).gather(batch, order.sorted, start, end);
    }
  }

  private divide(batch: Columns<F>, from: number, to: number, kernels: ScatterKernels): void {
    const { schema, places } = this;
    const counts = this.countsOf(kernels.targets, from, to, batch.length);
    for (let column = 0; column < schema.fields.length; column++) {
      const { name, bytes } = schema.fields[column] as Field;
      const source = batch.columns[name] as ValueArray;
      const values = new Uint8Array(source.buffer, source.byteOffset + from * bytes, (to - from) * bytes);
      kernels.divide(bytes, values, from, counts, places, column);
    }
  }

  /** How many records of [from, to) each peer gets. */
  private countsOf(targets: Uint32Array, from: number, to: number, length: number): Uint32Array {
    if (to - from === length) return this.counts;
    const { pieceCounts } = this;
    pieceCounts.fill(0);
    for (let i = from; i < to; i++) {
      const target = targets[i] as number;
      pieceCounts[target] = (pieceCounts[target] as number) + 1;
    }
    return pieceCounts;
  }
}

/** Where the records of one peer go: for each column an array, and where in it the next value goes. */
class Place implements Taker {
  known = false;
  /** The arrays of values; of offsets, for text. */
  private readonly arrays: ValueArray[] = [];
  private readonly at: Float64Array;
  /** The same in bytes. */
  private readonly bytes: Uint8Array[] = [];
  private readonly byteAt: Float64Array;
  private readonly texts: Uint8Array[] = [];
  private readonly textAt: Float64Array;
  private readonly schema: Schema<Fields>;
  private views: Views | undefined;

  constructor(schema: Schema<Fields>) {
    this.schema = schema;
    this.at = new Float64Array(schema.fields.length);
    this.byteAt = new Float64Array(schema.fields.length);
    this.textAt = new Float64Array(schema.fields.length);
  }

  /** At an address of a buffer, in the form that columns have in bytes; writes all of it but the values. */
  inFormat(buffer: ArrayBufferLike, address: number, count: number, text: (column: number) => number): void {
    // The same ring comes batch after batch: its views are kept.
    if (this.views?.buffer !== buffer) this.views = new Views(buffer);
    const { schema, views } = this;
    views.u32[address / 4] = count;
    views.u32[address / 4 + 1] = 0;
    let start = address + HEADER_BYTES;
    for (let column = 0; column < schema.fields.length; column++) {
      const { type, bytes } = schema.fields[column] as Field;
      const array = views.of(type);
      this.arrays[column] = array;
      this.at[column] = start / bytes;
      this.bytes[column] = views.u8;
      this.byteAt[column] = start;
      if (type === "utf8") {
        array[start / 4] = 0;
        start = pad8(views.u8, start + 4 * (count + 1));
        this.texts[column] = views.u8;
        this.textAt[column] = start;
        start = pad8(views.u8, start + text(column));
      } else {
        start = pad8(views.u8, start + bytes * count);
      }
    }
    this.known = true;
  }

  /** In memory of a batch of its own. */
  inMemory<F extends Fields>(memory: ColumnsMemory<F>, text: (column: number) => number): void {
    for (let column = 0; column < memory.columns.length; column++) {
      const target = memory.columns[column];
      if (target instanceof Utf8Appender) target.ensure(text(column));
      this.arrays[column] = target instanceof Utf8Appender ? target.offsets : (target as ValueArray);
      this.at[column] = 0;
      this.bytes[column] = memory.bytes[column] as Uint8Array;
      this.byteAt[column] = 0;
      if (!(target instanceof Utf8Appender)) continue;
      target.offsets[0] = 0;
      this.texts[column] = target.bytes;
      this.textAt[column] = 0;
    }
    this.known = true;
  }

  take(column: number, bytes: Uint8Array): void {
    const at = this.byteAt[column] as number;
    (this.bytes[column] as Uint8Array).set(bytes, at);
    this.byteAt[column] = at + bytes.length;
  }

  /** Writes all records of a batch. */
  copy(batch: Columns<Fields>): void {
    const { schema, arrays, at } = this;
    for (let column = 0; column < schema.fields.length; column++) {
      const { name, type } = schema.fields[column] as Field;
      const source = batch.columns[name] as ColumnOf<ColumnType>;
      const base = at[column] as number;
      if (type !== "utf8") {
        (arrays[column] as ValueArray).set((source as ValueArray).subarray(0, batch.length), base);
        continue;
      }
      const offsets = (arrays[column] as Uint32Array).subarray(base, base + batch.length + 1);
      const text = source as Utf8Column;
      copyTexts(text, batch.length, offsets, 0, (this.texts[column] as Uint8Array).subarray(this.textAt[column]), 0);
    }
  }

  /** Writes the records whose numbers are `order[from, to)`. */
  gather(batch: Columns<Fields>, order: Uint32Array, from: number, to: number): void {
    const { schema, arrays, at, texts, textAt } = this;
    for (let column = 0; column < schema.fields.length; column++) {
      const { name, type } = schema.fields[column] as Field;
      const source = batch.columns[name] as ColumnOf<ColumnType>;
      const out = arrays[column] as ValueArray;
      const base = at[column] as number;
      if (type === "utf8") {
        const bytes = texts[column] as Uint8Array;
        const textBase = textAt[column] as number;
        textAt[column] = gatherText(source as Utf8Column, order, from, to, out as Uint32Array, base, bytes, textBase);
      } else {
        gather(type, source as ColumnOf<Exclude<ColumnType, "utf8">>, order, from, to, out, base);
      }
      at[column] = base + to - from;
    }
  }
}

/** Orders the record numbers of a piece by peer, by counting sort. */
class PeerOrder {
  /** The record numbers of peer `p` at [start(p), start(p + 1)), ascending. */
  readonly sorted = new Uint32Array(PIECE);
  /** Where a peer's numbers start; one beyond the last, the end of all. */
  private readonly starts: Uint32Array;
  private readonly cursors: Uint32Array;
  private readonly others: Uint32Array;

  constructor(peers: number) {
    this.starts = new Uint32Array(peers + 1);
    this.cursors = new Uint32Array(peers);
    this.others = new Uint32Array(peers);
  }

  /** Orders the record numbers of [from, to), at most a piece. */
  sort(targets: Uint32Array, from: number, to: number): void {
    const { sorted, starts, cursors } = this;
    this.histogram(targets, from, to);
    let start = 0;
    for (let peer = 0; peer < cursors.length; peer++) {
      const count = cursors[peer] as number;
      starts[peer] = start;
      cursors[peer] = start;
      start += count;
    }
    starts[cursors.length] = start;
    for (let i = from; i < to; i++) {
      const target = targets[i] as number;
      const at = cursors[target] as number;
      sorted[at] = i;
      cursors[target] = at + 1;
    }
  }

  start(peer: number): number {
    return this.starts[peer] as number;
  }

  /** Counts into `cursors`, by two counters in turn: one that is read right after it was written waits for the write. */
  private histogram(targets: Uint32Array, from: number, to: number): void {
    const { cursors, others } = this;
    cursors.fill(0);
    others.fill(0);
    let i = from;
    for (; i + 2 <= to; i += 2) {
      const a = targets[i] as number;
      const b = targets[i + 1] as number;
      cursors[a] = (cursors[a] as number) + 1;
      others[b] = (others[b] as number) + 1;
    }
    if (i < to) cursors[targets[i] as number] = (cursors[targets[i] as number] as number) + 1;
    for (let peer = 0; peer < cursors.length; peer++) {
      cursors[peer] = (cursors[peer] as number) + (others[peer] as number);
    }
  }
}

/** Adds the bytes of each text to its peer's: `bytes[base + target]`. */
function countText(offsets: Uint32Array, targets: Uint32Array, n: number, bytes: Float64Array, base: number): void {
  for (let i = 0; i < n; i++) {
    const cell = base + (targets[i] as number);
    bytes[cell] = (bytes[cell] as number) + (offsets[i + 1] as number) - (offsets[i] as number);
  }
}
