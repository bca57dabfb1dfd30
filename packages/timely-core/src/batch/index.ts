export type { Batch, RecordOf } from "./batch.ts";
export type { Change } from "./change.ts";
export { Columns, type ColumnsOf } from "./columns.ts";

export { AlignmentError } from "./columns-format.ts";
export type { OutputColumnOf, OutputOf } from "./columns-memory.ts";
export { type ColumnsLayout, columns } from "./columns-layout.ts";
export {
  type BatchKernel,
  batchFunction,
  filterKernel,
  type KernelOptions,
  type KeyKernel,
  type KeyKernelOptions,
  keyKernel,
  mapKernel,
  type Reads,
} from "./kernels.ts";
export type { Builder, IntegerKey, Layout, Lender, Scatter } from "./layout.ts";
export { type Counted, inDevelopment, type Origin, ReleasedBatchError, setDevelopment } from "./ownership.ts";
export { Rows, type RowsToChange } from "./rows.ts";
export { rows } from "./rows-layout.ts";
export {
  bool,
  type ColumnOf,
  type ColumnType,
  type Field,
  type Fields,
  type FieldsRecord,
  f32,
  f64,
  i8,
  i16,
  i32,
  type Schema,
  SchemaError,
  u8,
  u16,
  u32,
  utf8,
  type ValueOf,
} from "./schema.ts";
export { Utf8Appender, Utf8Column } from "./utf8-column.ts";
