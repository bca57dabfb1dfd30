export { ByteReader, ByteWriter, type Codec, DecodeError, EncodeError } from "./codec/index.ts";
export { LimmatError } from "./errors.ts";
export * from "./order/index.ts";
export * from "./batch/index.ts";
export * from "./dataflow/index.ts";
export * from "./dataflow/operators/index.ts";
export * from "./worker/index.ts";
