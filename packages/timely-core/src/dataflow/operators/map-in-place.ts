// Functions that write over the batch they read, where nobody else holds it: no memory is allocated then.

import type { Columns, ColumnsLayout, ColumnsOf, Fields, Rows } from "../../batch/index.ts";
import { pipeline } from "../channels/pact.ts";
import type { Stream, Through } from "../stream.ts";
import { unary } from "./unary.ts";

/** Replaces each row by one of the same type, as `map` does, in the batch's own array. Records themselves are not to be changed. */
export function mapInPlace<T, D>(f: (record: D) => D): Through<Stream<T, Rows<D>>, Stream<T, Rows<D>>> {
  return (stream) =>
    unary<T, Rows<D>, Rows<D>>("mapInPlace", pipeline, stream.layout, () => (input, output) => {
      input.forEach((capability, batch) => {
        const mine = batch.take();
        const { data } = mine;
        for (let i = 0; i < data.length; i++) data[i] = f(data[i] as D);
        output.session(capability).giveBatch(mine);
      });
    })(stream);
}

/** Lets `kernel` change the first `n` values of any columns of a batch. Text columns can't be changed in place: see `mapColumns`. */
export function mapColumnsInPlace<T, F extends Fields>(
  kernel: (columns: ColumnsOf<F>, n: number) => void,
): Through<Stream<T, Columns<F>>, Stream<T, Columns<F>>> {
  return (stream) =>
    unary<T, Columns<F>, Columns<F>>(
      "mapColumnsInPlace",
      pipeline,
      stream.layout as ColumnsLayout<F>,
      () => (input, output) => {
        input.forEach((capability, batch) => {
          const mine = batch.take();
          kernel(mine.columns, mine.length);
          output.session(capability).giveBatch(mine);
        });
      },
    )(stream);
}
