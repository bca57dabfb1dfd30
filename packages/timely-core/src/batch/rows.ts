// Rows<D>: a batch as an array of any values, the easy default. Columns are the fast path.

import { Counted, type Origin, poisonProperty, RELEASED } from "./ownership.ts";

/** What `take` of rows gives beyond the batch. */
export interface RowsToChange<D> {
  /** The records, in an array that is the caller's to change. */
  readonly data: D[];
}

/** A batch of values of type `D`; the array becomes the batch's. */
export class Rows<D> extends Counted {
  /** Tells rows from columns. */
  readonly kind = "rows";
  /** The records. */
  readonly data: readonly D[];
  /** How many records. */
  readonly length: number;

  constructor(data: readonly D[], origin?: Origin) {
    super(origin);
    this.data = data;
    this.length = data.length;
  }

  /** Record `i`. */
  get(i: number): D {
    return this.data[i] as D;
  }

  /** The same records in an array of their own; the values are not copied. */
  override copy(): this {
    return new Rows<D>(this.data.slice()) as this;
  }

  /** As for every batch; the array is then the caller's to change. */
  override take(): this & RowsToChange<D> {
    return super.take() as this & RowsToChange<D>;
  }

  protected override poison(overwrite: boolean): void {
    if (overwrite && !Object.isFrozen(this.data)) (this.data as unknown[]).fill(RELEASED);
    poisonProperty(this, "data");
    poisonProperty(this, "length");
  }
}
