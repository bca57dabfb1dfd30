// Functions on columns (engine rule 12): `mapColumns`, `filterColumns`. A function per record is compiled into a loop of its own where the
// platform allows that; a kernel gets whole columns.

import {
  type BatchKernel,
  batchFunction,
  type Columns,
  type ColumnsLayout,
  type Fields,
  type FieldsRecord,
  filterKernel,
  mapKernel,
  type Reads,
} from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import type { Stream, Through } from "../stream.ts";
import { unary } from "./unary.ts";

/** A loop over whole columns, for what a function per record can't say or can't do fast enough. */
export interface Kernel<I extends Fields, O extends Fields> {
  /** The loop. */
  readonly kernel: BatchKernel<I, O>;
}

function throughKernel<T, I extends Fields, O extends Fields>(
  name: string,
  to: ColumnsLayout<O>,
  kernel: BatchKernel<I, O>,
): Through<Stream<T, Columns<I>>, Stream<T, Columns<O>>> {
  return unary<T, Columns<I>, Columns<O>>(name, pipeline, to, () => {
    const run = batchFunction(to, kernel);
    return (input, output) => {
      input.forEach((capability, batch) => {
        output.session(capability).giveBatch(run(batch));
      });
    };
  });
}

/** Replaces each record by what `f` returns for it, in columns of another layout. */
export function mapColumns<T, I extends Fields, O extends Fields>(
  to: ColumnsLayout<O>,
  f: ((record: Reads<I, keyof I>) => FieldsRecord<O>) | Kernel<I, O>,
): Through<Stream<T, Columns<I>>, Stream<T, Columns<O>>> {
  return (stream) => {
    const kernel = typeof f === "function" ? mapKernel(stream.layout as ColumnsLayout<I>, to, f) : f.kernel;
    return throughKernel<T, I, O>("mapColumns", to, kernel)(stream);
  };
}

/** Keeps the records for which `keep` holds. */
export function filterColumns<T, F extends Fields>(
  keep: ((record: Reads<F, keyof F>) => boolean) | Kernel<F, F>,
): Through<Stream<T, Columns<F>>, Stream<T, Columns<F>>> {
  return (stream) => {
    const layout = stream.layout as ColumnsLayout<F>;
    const kernel = typeof keep === "function" ? filterKernel(layout, keep) : keep.kernel;
    return throughKernel<T, F, F>("filterColumns", layout, kernel)(stream);
  };
}
