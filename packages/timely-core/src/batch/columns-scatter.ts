// Scattering a columnar batch over peers straight into memory reserved for each (engine rule 8). Piece by piece, each
// small enough for the first cache, record numbers are ordered by peer, then every column is gathered for every peer by a
// loop of its own type.

import { Columns } from "./columns.ts";
import { addressOf, formatLength, HEADER_BYTES, pad8, viewColumns, writeColumns } from "./columns-format.ts";
import { gather, gatherText, Views } from "./gather.ts";
import { placeError, type Scatter, targetError } from "./layout.ts";
import type { ColumnOf, ColumnType, Field, Fields, Schema } from "./schema.ts";
import type { Utf8Column } from "./utf8-column.ts";

/** Records of a piece. */
const PIECE = 2048;

/** Scatters batches of one schema over peers. */
export class ColumnsScatter<F extends Fields> implements Scatter<Columns<F>> {
  readonly counts: Uint32Array;
  private readonly schema: Schema<F>;
  private readonly pieces: PieceOrder;
  /** Bytes of text for each peer, of each text column: `[column * peers + peer]`, as the next two. */
  private readonly textBytes: Float64Array;
  /** Where the next value goes in the peer's buffer, in bytes; for text, its offset. */
  private readonly valueAt: Float64Array;
  /** Where the bytes of the next text go. */
  private readonly textAt: Float64Array;
  private readonly places: (Views | undefined)[];
  private readonly addresses: Float64Array;
  private batch: Columns<F> | undefined;
  private targets: Uint32Array = new Uint32Array(0);

  constructor(schema: Schema<F>, peers: number) {
    const cells = schema.fields.length * peers;
    this.schema = schema;
    this.counts = new Uint32Array(peers);
    this.pieces = peers === 2 ? new PairOrder() : new CursorOrder(peers);
    this.textBytes = new Float64Array(cells);
    this.valueAt = new Float64Array(cells);
    this.textAt = new Float64Array(cells);
    this.places = Array.from({ length: peers }, () => undefined);
    this.addresses = new Float64Array(peers);
  }

  plan(batch: Columns<F>, targets: Uint32Array): void {
    const { counts, schema, pieces, textBytes } = this;
    const peers = counts.length;
    const n = batch.length;
    if (n > targets.length) throw new RangeError(`${n} records have only ${targets.length} targets`);
    this.batch = undefined;
    this.addresses.fill(-1);
    counts.fill(0);
    for (let from = 0; from < n; from += PIECE) {
      const to = Math.min(n, from + PIECE);
      if (!pieces.count(targets, from, to, counts)) {
        const record = targets.findIndex((target, i) => i >= from && target >= peers);
        throw targetError(targets[record], record, peers);
      }
    }
    textBytes.fill(0);
    for (let column = 0; column < schema.fields.length; column++) {
      const { name, type } = schema.fields[column] as Field;
      if (type !== "utf8") continue;
      countText((batch.columns[name] as Utf8Column).offsets, targets, n, textBytes, column * peers);
    }
    this.batch = batch;
    this.targets = targets;
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
    this.addresses[peer] = address;
    // The same ring comes batch after batch: its views are kept.
    if (this.places[peer]?.buffer !== bytes.buffer) this.places[peer] = new Views(bytes.buffer);
  }

  run(self = -1): Columns<F> | undefined {
    const { counts, addresses, batch, schema } = this;
    if (batch === undefined) return undefined;
    let mine: Uint8Array | undefined;
    if ((counts[self] ?? 0) > 0) {
      mine = new Uint8Array(this.byteLength(self));
      this.place(self, mine, 0);
    }
    for (let peer = 0; peer < counts.length; peer++) {
      if (counts[peer] !== 0 && addresses[peer] === -1) throw placeError(peer, counts[peer] as number);
    }
    this.write(batch);
    this.batch = undefined;
    counts.fill(0);
    if (mine === undefined) return undefined;
    this.places[self] = undefined;
    const { count, columns } = viewColumns(schema, mine, 0, mine.length);
    return new Columns(schema, count, columns);
  }

  private write(batch: Columns<F>): void {
    const { counts, schema, pieces, targets } = this;
    for (let peer = 0; peer < counts.length; peer++) {
      if (counts[peer] === 0) continue;
      if (counts[peer] === batch.length) {
        const { buffer } = this.places[peer] as Views;
        writeColumns(schema, batch.columns, batch.length, buffer, this.addresses[peer] as number);
        return;
      }
      this.begin(peer);
    }
    for (let from = 0; from < batch.length; from += PIECE) {
      pieces.order(targets, from, Math.min(batch.length, from + PIECE));
      for (let peer = 0; peer < counts.length; peer++) this.gather(batch, peer);
    }
  }

  /** Writes all of a peer's records but their values, and notes where those go. */
  private begin(peer: number): void {
    const { schema, valueAt, textAt, textBytes } = this;
    const peers = this.counts.length;
    const into = this.places[peer] as Views;
    const n = this.counts[peer] as number;
    let at = this.addresses[peer] as number;
    into.u32[at / 4] = n;
    into.u32[at / 4 + 1] = 0;
    at += HEADER_BYTES;
    for (let column = 0; column < schema.fields.length; column++) {
      const { type, bytes } = schema.fields[column] as Field;
      const cell = column * peers + peer;
      valueAt[cell] = at;
      if (type === "utf8") {
        into.u32[at / 4] = 0;
        at = pad8(into.u8, at + 4 * (n + 1));
        textAt[cell] = at;
        at = pad8(into.u8, at + (textBytes[cell] as number));
      } else {
        at = pad8(into.u8, at + bytes * n);
      }
    }
  }

  /** Writes the values of a peer's records of the piece that was ordered last. */
  private gather(batch: Columns<F>, peer: number): void {
    const { schema, pieces, valueAt, textAt } = this;
    const peers = this.counts.length;
    const order = pieces.numbers(peer);
    const from = pieces.start(peer);
    const to = pieces.end(peer);
    if (from === to) return;
    const into = this.places[peer] as Views;
    for (let column = 0; column < schema.fields.length; column++) {
      const { name, type, bytes } = schema.fields[column] as Field;
      const cell = column * peers + peer;
      const source = batch.columns[name] as ColumnOf<ColumnType>;
      const at = valueAt[cell] as number;
      if (type === "utf8") {
        textAt[cell] = gatherText(source as Utf8Column, order, from, to, into, at / 4, textAt[cell] as number);
      } else {
        gather(type, source as ColumnOf<Exclude<ColumnType, "utf8">>, order, from, to, into, at);
      }
      valueAt[cell] = at + bytes * (to - from);
    }
  }
}

/** Orders the record numbers of a piece by peer. */
interface PieceOrder {
  /** Adds the records of [from, to) to the counts of their peers; false when some target is no peer. */
  count(targets: Uint32Array, from: number, to: number, counts: Uint32Array): boolean;
  /** Orders the record numbers of [from, to). */
  order(targets: Uint32Array, from: number, to: number): void;
  /** Holds the record numbers of a peer at [start, end), ascending. */
  numbers(peer: number): Uint32Array;
  start(peer: number): number;
  end(peer: number): number;
}

/** Two peers, without branches or cursors in memory: both get each number, and one keeps it. */
class PairOrder implements PieceOrder {
  private readonly first = new Uint32Array(PIECE + 1);
  private readonly second = new Uint32Array(PIECE + 1);
  private firsts = 0;
  private seconds = 0;

  count(targets: Uint32Array, from: number, to: number, counts: Uint32Array): boolean {
    let seconds = 0;
    let bits = 0;
    for (let i = from; i < to; i++) {
      const target = targets[i] as number;
      seconds = (seconds + target) | 0;
      bits |= target;
    }
    if (bits >>> 0 > 1) return false;
    counts[0] = (counts[0] as number) + to - from - seconds;
    counts[1] = (counts[1] as number) + seconds;
    return true;
  }

  order(targets: Uint32Array, from: number, to: number): void {
    const { first, second } = this;
    let firsts = 0;
    let seconds = 0;
    for (let i = from; i < to; i++) {
      const target = (targets[i] as number) & 1;
      first[firsts] = i;
      second[seconds] = i;
      seconds += target;
      firsts += 1 - target;
    }
    this.firsts = firsts;
    this.seconds = seconds;
  }

  numbers(peer: number): Uint32Array {
    return peer === 0 ? this.first : this.second;
  }

  start(): number {
    return 0;
  }

  end(peer: number): number {
    return peer === 0 ? this.firsts : this.seconds;
  }
}

/** Any number of peers, by counting sort. */
class CursorOrder implements PieceOrder {
  private readonly sorted = new Uint32Array(PIECE);
  /** Where a peer's numbers start; one beyond the last, the end of all. */
  private readonly starts: Uint32Array;
  private readonly cursors: Uint32Array;
  private readonly others: Uint32Array;

  constructor(peers: number) {
    this.starts = new Uint32Array(peers + 1);
    this.cursors = new Uint32Array(peers);
    this.others = new Uint32Array(peers);
  }

  count(targets: Uint32Array, from: number, to: number, counts: Uint32Array): boolean {
    this.histogram(targets, from, to);
    const { cursors } = this;
    let total = 0;
    for (let peer = 0; peer < cursors.length; peer++) {
      counts[peer] = (counts[peer] as number) + (cursors[peer] as number);
      total += cursors[peer] as number;
    }
    // A target that is no peer fell outside the counters.
    return total === to - from;
  }

  order(targets: Uint32Array, from: number, to: number): void {
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

  numbers(): Uint32Array {
    return this.sorted;
  }

  start(peer: number): number {
    return this.starts[peer] as number;
  }

  end(peer: number): number {
    return this.starts[peer + 1] as number;
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
