// A store that lasts as long as the thread: for tests, and for trying out.

import type { CheckpointStore } from "./store.ts";

/** Keeps blobs in this thread's memory; workers in other threads don't see them. */
export function memoryStore(): CheckpointStore {
  const blobs = new Map<string, Uint8Array>();
  return {
    write(name, bytes) {
      blobs.set(name, bytes.slice());
    },
    create(name, bytes) {
      if (blobs.has(name)) return false;
      blobs.set(name, bytes.slice());
      return true;
    },
    read: (name) => blobs.get(name)?.slice(),
    list: () => [...blobs.keys()],
    remove(name) {
      blobs.delete(name);
    },
  };
}
