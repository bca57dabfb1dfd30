// Times that are safe non-negative integers: the root's usual times, and the engine's fast path.

import { type ByteReader, type ByteWriter, type Codec, DecodeError } from "../codec/index.ts";
import type { SummaryDomain, TimeDomain } from "./time-domain.ts";

const codec: Codec<number> = {
  name: "integer",
  write(value: number, to: ByteWriter): void {
    to.varint(value);
  },
  read(from: ByteReader): number {
    const at = from.position;
    const value = from.varint();
    if (!Number.isSafeInteger(value)) throw new DecodeError(`not a safe integer`, at);
    return value;
  },
};

const summaries: SummaryDomain<number, number> = {
  identity: 0,
  resultsIn: (summary, time) => {
    const result = time + summary;
    return result <= Number.MAX_SAFE_INTEGER ? result : undefined;
  },
  compose: (first, then) => {
    const sum = first + then;
    return sum <= Number.MAX_SAFE_INTEGER ? sum : undefined;
  },
  lessEqual: (a, b) => a <= b,
  codec,
};

/**
 * Times 0, 1, 2, … up to `Number.MAX_SAFE_INTEGER`, totally ordered. A summary is the number added along the path; a time that would
 * pass the last safe integer is dropped.
 */
export const integers: TimeDomain<number, number> = {
  name: "integers",
  total: true,
  numeric: true,
  minimum: 0,
  lessEqual: (a, b) => a <= b,
  compare: (a, b) => a - b,
  join: Math.max,
  meet: Math.min,
  key: (time) => time,
  codec,
  summaries,
};
