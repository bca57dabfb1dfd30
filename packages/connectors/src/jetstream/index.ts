/**
 * Durable input and output of a dataflow on NATS JetStream.
 *
 * @module
 */

export { type Blocks, blocks } from "./blocks.ts";
export { JetStreamError } from "./errors.ts";
export type { JetStreamInput, StreamMessage } from "./feed.ts";
export type { JetStreamOutput } from "./publisher.ts";
export { type Guarantee, type JetStreamOptions, type JetStreamRun, jetstream, type Recovery } from "./run.ts";
export type { NatsServers } from "./server.ts";
