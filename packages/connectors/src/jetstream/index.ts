/**
 * Durable input and output of a dataflow on NATS JetStream.
 *
 * @module
 */

export { type Blocks, blocks } from "./blocks.ts";
export { JetStreamError } from "./errors.ts";
