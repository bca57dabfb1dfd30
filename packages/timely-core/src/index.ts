export * from "./codec/index.ts";
export { LimmatError } from "./errors.ts";
export * from "./order/index.ts";
