// An inclusive range of 64-bit addresses. Both ends are inside, so the last address, 2^64 - 1, needs no special case
// (address rule 2; the decoding nets' blocks are inclusive too). Formats that store lengths go through intervalOfSize.

/** The highest address, 2^64 - 1. */
export const MAX_ADDRESS = 0xffff_ffff_ffff_ffffn;

/** The addresses `first` to `last`, both inside, with 0 <= first <= last <= 2^64 - 1. */
export interface Interval {
  /** The lowest address. */
  readonly first: bigint;
  /** The highest address, itself inside. */
  readonly last: bigint;
}

/** What was wrong with an interval, an address or a width. */
export type IntervalErrorCode =
  | "not-a-bigint"
  | "interval-inverted"
  | "interval-empty"
  | "interval-out-of-range"
  | "width-out-of-range";

/** An interval, an address or a width that does not name a part of the 64-bit address space. */
export class IntervalError extends Error {
  /** Always `IntervalError`. */
  override readonly name = "IntervalError";
  /** What was wrong. */
  readonly code: IntervalErrorCode;
  /** The culprit's position in the list that was given, or `undefined` where one value was given alone. */
  readonly position: number | undefined;

  constructor(code: IntervalErrorCode, message: string, position?: number) {
    super(position === undefined ? message : `interval ${position}: ${message}`);
    this.code = code;
    this.position = position;
  }
}

/**
 * Checks that an interval's ends are 64-bit addresses in order, and returns it.
 *
 * @throws IntervalError `not-a-bigint`, `interval-out-of-range` or `interval-inverted`, with `position` where given.
 */
export function checkInterval(interval: Interval, position?: number): Interval {
  const { first, last } = interval;
  if (typeof first !== "bigint" || typeof last !== "bigint") {
    throw new IntervalError("not-a-bigint", `both ends must be bigint (write 0x1000n), not ${typeof first}`, position);
  }
  if (first < 0n || last < 0n || first > MAX_ADDRESS || last > MAX_ADDRESS) {
    const text = `${formatAddress(first)}-${formatAddress(last)}`;
    throw new IntervalError("interval-out-of-range", `${text} leaves the addresses 0 to 2^64 - 1`, position);
  }
  if (first > last) {
    const text = `${formatAddress(first)}-${formatAddress(last)}`;
    throw new IntervalError("interval-inverted", `${text} ends before it starts; its ends are swapped`, position);
  }
  return interval;
}

/**
 * The interval of `size` addresses from `first`, for formats that store lengths.
 *
 * @throws IntervalError `interval-empty` when `size` is 0, `interval-out-of-range` when the end passes 2^64 - 1.
 */
export function intervalOfSize(first: bigint, size: bigint): Interval {
  if (typeof size !== "bigint") throw new IntervalError("not-a-bigint", `a size must be a bigint, not ${typeof size}`);
  if (size === 0n) {
    throw new IntervalError("interval-empty", `no address is inside a size of 0 at ${formatAddress(first)}`);
  }
  if (size < 0n) throw new IntervalError("interval-out-of-range", `the size ${size} is negative`);
  return checkInterval({ first, last: first + size - 1n });
}

/** The number of addresses in an interval, 1 to 2^64. */
export function intervalSize(interval: Interval): bigint {
  return interval.last - interval.first + 1n;
}

/** An address as `0x` and lower-case hexadecimal digits. */
export function formatAddress(address: bigint): string {
  return address < 0n ? `-0x${(-address).toString(16)}` : `0x${address.toString(16)}`;
}

/** An interval as `0xFIRST-0xLAST`, or one address alone where both ends are equal. */
export function formatInterval(interval: Interval): string {
  const first = formatAddress(interval.first);
  return interval.first === interval.last ? first : `${first}-${formatAddress(interval.last)}`;
}
