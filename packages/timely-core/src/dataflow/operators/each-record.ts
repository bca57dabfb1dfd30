// A function of each record, for operators on rows and on columns.

import {
  type Batch,
  type Columns,
  type ColumnsLayout,
  columns,
  type Fields,
  type Layout,
  mapKernel,
  type RecordOf,
  type Rows,
  u8,
} from "../../batch/index.ts";

/**
 * A loop that calls `see` with each record of a batch, in order. For columns it is compiled for the function where the platform allows
 * that, so that the records need not exist as objects.
 */
export function eachRecord<B extends Batch>(layout: Layout<B>, see: (record: RecordOf<B>) => void): (batch: B) => void {
  if (layout.kind === "rows") {
    return (batch) => {
      const { data } = batch as Rows<RecordOf<B>>;
      for (let i = 0; i < data.length; i++) see(data[i] as RecordOf<B>);
    };
  }
  // A kernel has to write something.
  const nothing = { seen: 0 };
  const kernel = mapKernel(layout as unknown as ColumnsLayout<Fields>, columns({ seen: u8 }), (record) => {
    see(record as RecordOf<B>);
    return nothing;
  });
  let seen = new Uint8Array(1024);
  return (batch) => {
    if (seen.length < batch.length) seen = new Uint8Array(batch.length);
    kernel((batch as Columns<Fields>).columns, { seen }, batch.length);
  };
}
