// A change of a collection: the record that views over streams of changes are kept current by.

/**
 * `diff` copies of `data` are added at `time` (removed, when negative). `time` is data, at or after the capability time of the batch that
 * carries it (engine rule 4), so that many times share a batch.
 */
export interface Change<D, T = number, R = number> {
  /** What changes. */
  readonly data: D;
  /** When it changes, at or after the capability time of its batch. */
  readonly time: T;
  /** How many copies are added; removed, when negative. */
  readonly diff: R;
}
