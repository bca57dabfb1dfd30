// Which input time a message of a stream has: fixed blocks of sequence numbers, so that every replay gives the same times.

import { JetStreamError } from "./errors.ts";

/** The fixed function from the sequence numbers of a stream, which start at 1, to times, which start at 0. */
export interface Blocks {
  /** How many sequence numbers share a time. */
  readonly size: number;
  /** The time of the message with this sequence number. */
  timeOf(sequence: number): number;
  /** The least sequence number that has this time, or would have. */
  firstOf(time: number): number;
}

/**
 * Blocks of `size` sequence numbers: 1 to `size` are time 0, the next `size` are time 1. A time is complete once a later block has begun or
 * its last number was seen, so large blocks cost less a message and small ones wait less. Throws `JetStreamError` unless `size` is a
 * positive integer.
 */
export function blocks(size: number): Blocks {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new JetStreamError(`a block has a positive whole number of messages, not ${size}`);
  }
  return {
    size,
    timeOf: (sequence) => Math.floor((sequence - 1) / size),
    firstOf: (time) => time * size + 1,
  };
}
