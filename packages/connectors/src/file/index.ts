/**
 * Checkpoints as files in a folder.
 *
 * @module
 */

export { type FileStoreOptions, fileStore } from "./file-store.ts";
