/**
 * A timely dataflow engine: data-parallel, cyclic dataflows over partially ordered times, with exact progress, on worker threads.
 *
 * @module
 */

export * from "./batch/index.ts";
export * from "./capture/index.ts";
export * from "./checkpoint/index.ts";
export { ByteReader, ByteWriter, type Codec, DecodeError, EncodeError, values } from "./codec/index.ts";
export type { ParkingOptions, SyncActivatorDescriptor } from "./communication/index.ts";
export { OverflowError, SyncActivator } from "./communication/index.ts";
export * from "./dataflow/index.ts";
export * from "./dataflow/operators/index.ts";
export { LimmatError } from "./errors.ts";
export * from "./hash/index.ts";
export * from "./logging/index.ts";
export * from "./memory/index.ts";
export * from "./network/index.ts";
export * from "./order/index.ts";
export { type Refinement, ZeroDelayCycleError } from "./progress/index.ts";
export * from "./synchronization/index.ts";
export * from "./worker/index.ts";
