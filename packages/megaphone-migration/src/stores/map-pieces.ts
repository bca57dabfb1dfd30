// The pieces of a bin of a map store: keys that were removed, and entries. By the codec of plain data the keys and values of a piece are
// one list, so that objects of one shape name it once; by codecs of the user's own each stands for itself.

import { ByteReader, type ByteWriter, type Codec, DecodeError, values } from "@limmat/timely-core";

/** How the keys and values of a map store become bytes. */
export interface EntryCodec<K, V> {
  /** Those of keys. */
  readonly key: Codec<K>;
  /** Those of values. */
  readonly value: Codec<V>;
}

/** What a piece says. */
export interface MapPiece<K, V> {
  readonly removed: readonly K[];
  readonly keys: readonly K[];
  /** The value of each key. */
  readonly values: readonly V[];
}

/** Writes and reads pieces. */
export interface PieceCodec<K, V> {
  readonly name: string;
  /** Appends a piece of the first `count` entries. */
  write(piece: MapPiece<K, V>, count: number, to: ByteWriter): void;
  /** Reads a piece. Throws `DecodeError` on bytes that are none. */
  read(bytes: Uint8Array): MapPiece<K, V>;
}

/** The pieces of plain data. */
export function plainPieces<K, V>(): PieceCodec<K, V> {
  return {
    name: values.name,
    write(piece, count, to) {
      const list: unknown[] = [piece.removed];
      for (let i = 0; i < count; i++) list.push(piece.keys[i], piece.values[i]);
      values.write(list, to);
    },
    read(bytes) {
      const from = new ByteReader(bytes);
      const list = values.read(from);
      if (!from.done)
        throw new DecodeError(`${from.end - from.position} bytes after a piece of a map store`, from.position);
      if (!Array.isArray(list) || !Array.isArray(list[0]) || list.length % 2 === 0)
        throw new DecodeError("a piece of a map store is a list of removed keys, keys and values", 0);
      const piece = { removed: list[0] as K[], keys: [] as K[], values: [] as V[] };
      for (let i = 1; i < list.length; i += 2) {
        piece.keys.push(list[i] as K);
        piece.values.push(list[i + 1] as V);
      }
      return piece;
    },
  };
}

/** The pieces of keys and values that have codecs. */
export function codedPieces<K, V>({ key, value }: EntryCodec<K, V>): PieceCodec<K, V> {
  return {
    name: `${key.name},${value.name}`,
    write(piece, count, to) {
      to.varint(piece.removed.length);
      for (const removed of piece.removed) key.write(removed, to);
      to.varint(count);
      for (let i = 0; i < count; i++) {
        key.write(piece.keys[i] as K, to);
        value.write(piece.values[i] as V, to);
      }
    },
    read(bytes) {
      const from = new ByteReader(bytes);
      const piece = { removed: [] as K[], keys: [] as K[], values: [] as V[] };
      for (let left = from.varint(); left > 0; left--) piece.removed.push(key.read(from));
      for (let left = from.varint(); left > 0; left--) {
        piece.keys.push(key.read(from));
        piece.values.push(value.read(from));
      }
      if (!from.done)
        throw new DecodeError(`${from.end - from.position} bytes after a piece of a map store`, from.position);
      return piece;
    },
  };
}
