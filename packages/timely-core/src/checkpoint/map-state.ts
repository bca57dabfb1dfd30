// The usual state of an operator: a Map from keys to plain data.

import { type Codec, values } from "../codec/index.ts";
import { type Key, keys } from "../hash/index.ts";
import type { StateHook } from "./state.ts";

/** How the entries of a map are saved. */
export interface MapStateOptions<K, V> {
  /** The u32 hash that places a key: the same that places records of this key. Default: as `exchange` does for rows, by the key itself. */
  readonly hash?: (key: K) => number;
  /** Bytes of an entry. Default: the codec of rows. */
  readonly codec?: Codec<readonly [K, V]>;
}

/** Saves a map: each of its entries goes to the worker that `exchange` sends records of its key to. */
export function mapState<K, V>(map: Map<K, V>, options: MapStateOptions<K, V> = {}): StateHook {
  const hash = options.hash ?? ((key: K) => keys.hash(key as Key));
  const codec = options.codec ?? (values as Codec<readonly [K, V]>);
  return {
    schema: `map of ${codec.name}`,
    save(to) {
      for (const entry of map) to.keyed(hash(entry[0]), (writer) => codec.write(entry, writer));
    },
    load(from) {
      from.keyed((reader) => {
        const [key, value] = codec.read(reader);
        map.set(key, value);
      });
    },
  };
}
