export type { ClientCheckpointOptions } from "./client-checkpoints.ts";
export type { Client, ClientInput, ClientOutput, OutputListener, TimedRecords } from "./client.ts";
export { type BatchOf, type BuildContext, type Definition, define, type Ports } from "./definition.ts";
export { LaunchError, WorkerError } from "./errors.ts";
export { type ExecuteConfig, execute, solo } from "./execute.ts";
export { type AnyDefinition, type ArgumentOf, type LaunchConfig, launch } from "./launch.ts";
export type { ThreadsConfig } from "./threads.ts";
export { type Member, MemberLostError, type Membership, MembershipError } from "./membership.ts";
export { StalledError, Worker, type WorkerOptions } from "./worker.ts";
