// Writing columns from a loop of one's own: an operator that sends any number of records for one it reads has no use for a function per
// record, and none for an object per record.
import { Columns, type ColumnsOf, type Fields, type Schema, type Session } from "@limmat/timely-core";

/** Records of a batch: what 8 KiB a column of 32 bits hold. */
const batchRecords = 2048;

/** Empty columns wait to be used again, once the batches they were in have been read. */
const spareColumns = 16;

/**
 * Collects records in columns and sends them batch by batch: `reserve` room, write to `columns` from `length` on, and add what was
 * written to `length`; `flush` sends the rest.
 */
export class BatchWriter<T, F extends Fields> {
  /** Where to write; others after each `reserve`. */
  columns: ColumnsOf<F>;
  /** How many records are in them. */
  length = 0;
  private room = batchRecords;
  private readonly spare: ColumnsOf<F>[] = [];
  private readonly schema: Schema<F>;
  private readonly allocate: (room: number) => ColumnsOf<F>;

  /** `allocate` makes columns for that many records. */
  constructor(schema: Schema<F>, allocate: (room: number) => ColumnsOf<F>) {
    this.schema = schema;
    this.allocate = allocate;
    this.columns = allocate(batchRecords);
  }

  /** Makes room for `records` more, for which what was written may have to leave. */
  reserve(records: number, session: Session<T, Columns<F>>): void {
    if (this.length + records <= this.room) return;
    this.flush(session);
    if (records <= this.room) return;
    this.columns = this.allocate(records);
    this.room = records;
  }

  /** Sends what was written. */
  flush(session: Session<T, Columns<F>>): void {
    const { columns, length, room, schema, spare } = this;
    if (length === 0) return;
    const onReleased = () => {
      if (spare.length < spareColumns) spare.push(columns);
    };
    session.giveBatch(new Columns(schema, length, columns, room === batchRecords ? { onReleased } : {}));
    this.length = 0;
    this.room = batchRecords;
    this.columns = spare.pop() ?? this.allocate(batchRecords);
  }
}
