/**
 * Checkpoints in an LMDB database.
 *
 * @module
 */

export { type LmdbStoreOptions, lmdbStore } from "./lmdb-store.ts";
