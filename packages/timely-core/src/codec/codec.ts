// Codec<D>: how a value of one known type becomes bytes and back. Times, summaries, configurations and results cross
// workers by codecs; values of unknown type cross by the self-describing one in values.ts.

import type { ByteReader, ByteWriter } from "./bytes.ts";

/** Writes and reads values of type `D`; `read(write(v))` equals `v`, and `read` consumes exactly what `write` wrote. */
export interface Codec<D> {
  /** Compared between workers, so that two that disagree on a type find out at once. */
  readonly name: string;
  /** Appends `value`; throws `EncodeError` when it is not one that this codec can write. */
  write(value: D, to: ByteWriter): void;
  /** Takes one value off; throws `DecodeError` on bytes that `write` never wrote. */
  read(from: ByteReader): D;
}

/** Safe integers of either sign, 1 to 9 bytes, small magnitudes short. -0 reads back as 0. */
export const integers: Codec<number> = {
  name: "integers",
  write: (value, to) => to.zigzag(value),
  read: (from) => from.zigzag(),
};

/** Any number as an IEEE 754 double, 8 bytes; -0 and NaN survive. */
export const floats: Codec<number> = {
  name: "floats",
  write: (value, to) => to.f64(value),
  read: (from) => from.f64(),
};

/** Strings as UTF-8; a lone surrogate reads back as U+FFFD. */
export const strings: Codec<string> = {
  name: "strings",
  write: (value, to) => to.utf8(value),
  read: (from) => from.utf8(),
};

/** Byte sequences; what is read is a copy. */
export const bytes: Codec<Uint8Array> = {
  name: "bytes",
  write: (value, to) => {
    to.varint(value.length);
    to.raw(value);
  },
  read: (from) => from.raw(from.varint()).slice(),
};
