/**
 * All routes of a network, kept current as it changes: distances and equal-cost next hops between all pairs of nodes.
 *
 * @module
 */

export * from "./dataflow/index.ts";
export * from "./formats/index.ts";
export * from "./generators/index.ts";
export * from "./network/index.ts";
export * from "./routes/index.ts";
export * from "./service/index.ts";
