// Integers as keys of a table: two words, and the hash that the engine gives the same integer in a record or a column.

import { mix32 } from "@limmat/timely-core";
import { StoreKeyError } from "./errors.ts";

/** Unsigned or signed integers of 32 bits, or any safe integers. */
export type IntegerKeyType = "u32" | "i32" | "f64";

/** The word above the low one of a key that is no u32. Throws `StoreKeyError` on what is no key of this type. */
export function highWord(key: number, type: IntegerKeyType): number {
  if (type === "u32") throw new StoreKeyError(key, "give an integer from 0 to 2^32 - 1");
  if (type === "i32") {
    if ((key | 0) !== key) throw new StoreKeyError(key, "give an integer from -2^31 to 2^31 - 1");
    return -1;
  }
  if (!Number.isSafeInteger(key)) throw new StoreKeyError(key, "give a safe integer");
  return Math.floor(key / 4294967296);
}

/** The u32 hash of the key with these words: timely-core's `hashInteger`. */
export function hashWords(low: number, high: number): number {
  return mix32(high === 0 ? low : low ^ mix32(high));
}

/** The key with these words. */
export function keyOfWords(low: number, high: number, type: IntegerKeyType): number {
  if (type === "i32") return low;
  return type === "u32" ? low >>> 0 : high * 4294967296 + (low >>> 0);
}
