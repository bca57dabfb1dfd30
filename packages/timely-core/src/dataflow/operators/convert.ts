// Between the two layouts of batches, which never mix by themselves (engine rule 12).

import {
  type Columns,
  type ColumnsLayout,
  type Fields,
  type FieldsRecord,
  type Rows,
  rows,
} from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import type { Stream, Through } from "../stream.ts";
import { unary } from "./unary.ts";

/** Makes a row, an object, of each record. */
export function toRows<T, F extends Fields>(): Through<Stream<T, Columns<F>>, Stream<T, Rows<FieldsRecord<F>>>> {
  return unary<T, Columns<F>, Rows<FieldsRecord<F>>>(
    "toRows",
    pipeline,
    rows<FieldsRecord<F>>(),
    () => (input, output) => {
      input.forEach((capability, batch) => {
        const session = output.session(capability);
        for (let i = 0; i < batch.length; i++) session.give(batch.get(i));
      });
    },
  );
}

/** Puts rows whose fields are those of `layout` into columns. Numbers are converted as typed arrays do. */
export function toColumns<T, F extends Fields>(
  layout: ColumnsLayout<F>,
): Through<Stream<T, Rows<FieldsRecord<F>>>, Stream<T, Columns<F>>> {
  return unary<T, Rows<FieldsRecord<F>>, Columns<F>>("toColumns", pipeline, layout, () => {
    const builder = layout.builder();
    return (input, output) => {
      input.forEach((capability, batch) => {
        for (let i = 0; i < batch.length; i++) builder.push(batch.data[i] as never);
        output.session(capability).giveBatch(builder.finish());
      });
    };
  });
}
