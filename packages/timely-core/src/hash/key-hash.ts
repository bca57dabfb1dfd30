// KeyHash<D>: the hash by which records find their worker and their bin, the same bits in every process and on every
// platform (engine rule 11). Exchange routes by the low bits, Megaphone bins are the top bits.

import { hashBytes, hashString } from "./bytes.ts";
import { hashBigInt, hashInteger, hashNumber } from "./number.ts";

/** Hashes keys of type `D` to u32. Equal keys hash alike; `seed` (default 0, any u32) picks one hash of a family. */
export interface KeyHash<D> {
  /** Compared between workers, so that two that disagree on a hash find out at once. */
  readonly name: string;
  /** The u32 hash of `value`. */
  hash(value: D, seed?: number): number;
}

/** A key of a record: what {@link keys} hashes. */
export type Key = number | string | boolean | bigint | Uint8Array | readonly Key[];

/** Safe integers, by {@link hashInteger}. */
export const integerKeys: KeyHash<number> = { name: "integer", hash: hashInteger };

/** Any numbers, by {@link hashNumber}. */
export const numberKeys: KeyHash<number> = { name: "number", hash: hashNumber };

/** Strings, by {@link hashString}. */
export const stringKeys: KeyHash<string> = { name: "string", hash: hashString };

/** Byte sequences, by {@link hashBytes}. */
export const bytesKeys: KeyHash<Uint8Array> = { name: "bytes", hash: (value, seed = 0) => hashBytes(value, seed) };

/**
 * Tuples, each element by its own hash, the hash of one element being the seed of the next: `h0 = seed`,
 * `h(i+1) = hash_i(value[i], h(i))`. The empty tuple hashes to the seed.
 *
 * Vector: [1, 2] of integers is `mix32(2 ^ mix32(1))` = 0x2e7dcc10 (seed 0).
 */
export function hashTuple<T extends readonly unknown[]>(
  ...elements: { readonly [K in keyof T]: KeyHash<T[K]> }
): KeyHash<T> {
  const hashes = elements as readonly KeyHash<unknown>[];
  return {
    name: `tuple(${hashes.map((element) => element.name).join(",")})`,
    hash(value, seed = 0) {
      let h = seed >>> 0;
      for (let i = 0; i < hashes.length; i++) h = (hashes[i] as KeyHash<unknown>).hash(value[i], h);
      return h;
    },
  };
}

/**
 * Any {@link Key} by its JavaScript type: numbers by {@link hashNumber}, strings by {@link hashString}, booleans as 0
 * and 1, bigints as integers, `Uint8Array` by {@link hashBytes}, arrays as {@link hashTuple} of the same.
 */
export const keys: KeyHash<Key> = { name: "key", hash: hashKey };

function hashKey(value: Key, seed = 0): number {
  if (typeof value === "number") return hashNumber(value, seed);
  if (typeof value === "string") return hashString(value, seed);
  if (typeof value === "boolean") return hashInteger(value ? 1 : 0, seed);
  if (typeof value === "bigint") return hashBigInt(value, seed, hashString);
  if (value instanceof Uint8Array) return hashBytes(value, seed);
  if (!Array.isArray(value)) throw new TypeError(`${typeof value} is no key: use numbers, strings, booleans or arrays`);
  let h = seed >>> 0;
  for (let i = 0; i < value.length; i++) h = hashKey(value[i] as Key, h);
  return h;
}
