export {
  Arena,
  type ArenaDescriptor,
  type ArenaOptions,
  type Block,
  type BlockHandle,
  HANDLE_WORDS,
  type OpenOptions,
  readHandle,
  type Slab,
  writeHandle,
} from "./arena.ts";
export { ArenaError, OutOfMemoryError, StaleBlockError } from "./errors.ts";
