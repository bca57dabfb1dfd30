// What an auditor finds: plain data that names the promise, and where it was broken.

/**
 * The promises of migration (Megaphone, section 3): the outputs are those of one thread; each update is executed by the worker that the
 * configuration of its time names; all that was begun ends.
 */
export type Promised = "correctness" | "migration" | "completion";

/** A promise that a run has broken. What does not apply is undefined. */
export interface Violation<T> {
  /** Which promise. */
  readonly promise: Promised;
  /** The operator. */
  readonly operator: string;
  /** What happened, in words. */
  readonly what: string;
  /** The worker that it happened on. */
  readonly worker: number | undefined;
  /** The bin. */
  readonly bin: number | undefined;
  /** The sequence number of the step. */
  readonly sequence: number | undefined;
  /** The logical time. */
  readonly time: T | undefined;
}

/** A violation as one line. */
export function formatViolation<T>(violation: Violation<T>): string {
  const { promise, operator, what, worker, bin, sequence, time } = violation;
  const place = [
    operator,
    ...(worker === undefined ? [] : [`worker ${worker}`]),
    ...(bin === undefined ? [] : [`bin ${bin}`]),
    ...(sequence === undefined ? [] : [`step ${sequence}`]),
    ...(time === undefined ? [] : [`time ${JSON.stringify(time)}`]),
  ];
  return `${promise}: ${place.join(", ")}: ${what}`;
}
