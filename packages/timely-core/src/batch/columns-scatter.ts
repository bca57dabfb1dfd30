// Scattering a columnar batch over peers, column by column, straight into memory reserved for each (engine rule 8): one
// pass orders the record numbers by peer, then each column is gathered for each peer by a loop of its own type.

import { Columns } from "./columns.ts";
import { addressOf, formatLength, HEADER_BYTES, pad8, viewColumns, writeColumns } from "./columns-format.ts";
import { gather, gatheredTextBytes, gatherText, Views } from "./gather.ts";
import { placeError, type Scatter, targetError } from "./layout.ts";
import type { ColumnOf, ColumnType, Fields, Schema } from "./schema.ts";
import type { Utf8Column } from "./utf8-column.ts";

/** Scatters batches of one schema over peers. */
export class ColumnsScatter<F extends Fields> implements Scatter<Columns<F>> {
  readonly counts: Uint32Array;
  private readonly schema: Schema<F>;
  /** Where each peer's record numbers start in `order`, and, one beyond the last, their end. */
  private readonly starts: Uint32Array;
  private readonly cursors: Uint32Array;
  /** Record numbers of the planned batch, peer by peer, each peer's ascending. */
  private order = new Uint32Array(0);
  /** Bytes of text for each peer, of each text column: `[column * peers + peer]`. */
  private readonly textBytes: Float64Array;
  private readonly places: (Views | undefined)[];
  private readonly addresses: Float64Array;
  private batch: Columns<F> | undefined;

  constructor(schema: Schema<F>, peers: number) {
    this.schema = schema;
    this.counts = new Uint32Array(peers);
    this.starts = new Uint32Array(peers + 1);
    this.cursors = new Uint32Array(peers);
    this.textBytes = new Float64Array(schema.fields.length * peers);
    this.places = Array.from({ length: peers }, () => undefined);
    this.addresses = new Float64Array(peers).fill(-1);
  }

  plan(batch: Columns<F>, targets: Uint32Array): void {
    const { counts, starts, cursors, addresses, schema } = this;
    const peers = counts.length;
    const n = batch.length;
    if (n > targets.length) throw new RangeError(`${n} records have only ${targets.length} targets`);
    if (this.order.length < n) this.order = new Uint32Array(Math.max(n, this.order.length * 2));
    this.batch = batch;
    addresses.fill(-1);
    countTargets(targets, n, counts, cursors);
    let total = 0;
    for (let peer = 0; peer < peers; peer++) {
      starts[peer] = total;
      cursors[peer] = total;
      total += counts[peer] as number;
    }
    starts[peers] = total;
    if (total !== n) throw badTarget(targets, n, peers);
    orderByTarget(targets, n, cursors, this.order);
    for (let column = 0; column < schema.fields.length; column++) {
      const { name, type } = schema.fields[column] as { name: string; type: ColumnType };
      if (type !== "utf8") continue;
      const source = batch.columns[name] as Utf8Column;
      for (let peer = 0; peer < peers; peer++) {
        const from = starts[peer] as number;
        const to = starts[peer + 1] as number;
        this.textBytes[column * peers + peer] = gatheredTextBytes(source, this.order, from, to);
      }
    }
  }

  byteLength(peer: number): number {
    const peers = this.counts.length;
    return formatLength(
      this.schema,
      this.counts[peer] as number,
      (column) => this.textBytes[column * peers + peer] as number,
    );
  }

  place(peer: number, bytes: Uint8Array, offset: number): void {
    this.addresses[peer] = addressOf(bytes, offset, this.byteLength(peer));
    // The same ring comes batch after batch: its views are kept.
    if (this.places[peer]?.buffer !== bytes.buffer) this.places[peer] = new Views(bytes.buffer);
  }

  run(self = -1): Columns<F> | undefined {
    const { counts, addresses } = this;
    const { batch } = this;
    let mine: Uint8Array | undefined;
    if (batch !== undefined && (counts[self] ?? 0) > 0) {
      mine = new Uint8Array(this.byteLength(self));
      this.places[self] = new Views(mine.buffer);
      addresses[self] = 0;
    }
    for (let peer = 0; peer < counts.length; peer++) {
      if (counts[peer] !== 0 && addresses[peer] === -1) throw placeError(peer, counts[peer] as number);
    }
    if (batch === undefined) return undefined;
    for (let peer = 0; peer < counts.length; peer++) if (counts[peer] !== 0) this.write(batch, peer);
    this.batch = undefined;
    counts.fill(0);
    if (mine === undefined) return undefined;
    this.places[self] = undefined;
    const { count, columns } = viewColumns(this.schema, mine, 0, mine.length);
    return new Columns(this.schema, count, columns);
  }

  private write(batch: Columns<F>, peer: number): void {
    const { schema, order, starts } = this;
    const peers = this.counts.length;
    const into = this.places[peer] as Views;
    const from = starts[peer] as number;
    const to = starts[peer + 1] as number;
    const n = to - from;
    let at = this.addresses[peer] as number;
    if (n === batch.length) {
      writeColumns(schema, batch.columns, n, into.buffer, at);
      return;
    }
    into.u32[at / 4] = n;
    into.u32[at / 4 + 1] = 0;
    at += HEADER_BYTES;
    for (let column = 0; column < schema.fields.length; column++) {
      const { name, type, bytes } = schema.fields[column] as { name: string; type: ColumnType; bytes: number };
      const source = batch.columns[name] as ColumnOf<ColumnType>;
      if (type === "utf8") {
        const textAt = pad8(into.u8, at + 4 * (n + 1));
        gatherText(source as Utf8Column, order, from, to, into, at / 4, textAt);
        at = pad8(into.u8, textAt + (this.textBytes[column * peers + peer] as number));
      } else {
        gather(type, source as ColumnOf<Exclude<ColumnType, "utf8">>, order, from, to, into, at);
        at = pad8(into.u8, at + bytes * n);
      }
    }
  }
}

// Two counters in turn, since one that is read right after it was written waits for the write. A target that is no peer
// falls outside both.
function countTargets(targets: Uint32Array, n: number, counts: Uint32Array, others: Uint32Array): void {
  counts.fill(0);
  others.fill(0);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    const a = targets[i] as number;
    const b = targets[i + 1] as number;
    counts[a] = (counts[a] as number) + 1;
    others[b] = (others[b] as number) + 1;
  }
  if (i < n) counts[targets[i] as number] = (counts[targets[i] as number] as number) + 1;
  for (let peer = 0; peer < counts.length; peer++) counts[peer] = (counts[peer] as number) + (others[peer] as number);
}

function orderByTarget(targets: Uint32Array, n: number, cursors: Uint32Array, order: Uint32Array): void {
  for (let i = 0; i < n; i++) {
    const target = targets[i] as number;
    const at = cursors[target] as number;
    order[at] = i;
    cursors[target] = at + 1;
  }
}

function badTarget(targets: Uint32Array, n: number, peers: number): RangeError {
  const record = targets.subarray(0, n).findIndex((target) => target >= peers);
  return targetError(targets[record], record, peers);
}
