export { Arena, type ArenaDescriptor, type ArenaOptions, type OpenOptions } from "./arena.ts";
export type { ArenaConfig } from "./arena-config.ts";
export { type BlockColumns, type BlockFields, blockAt, blockFields, blockRecord } from "./block-fields.ts";
export type { Block } from "./block.ts";
export { ArenaError, OutOfMemoryError, StaleBlockError } from "./errors.ts";
export { type BlockHandle, HANDLE_WORDS, readHandle, writeHandle } from "./handle.ts";
export type { Slab } from "./slab.ts";
