export { readEdgeList } from "./edge-list.ts";
export { FormatError, type FormatErrorCode, MAX_TEXT_LENGTH } from "./format-error.ts";
export { readGraphml } from "./graphml.ts";
export { readTopology } from "./read-topology.ts";
export * from "./replay.ts";
export { readTopohub } from "./topohub.ts";
export type { ReadOptions } from "./topology-builder.ts";
