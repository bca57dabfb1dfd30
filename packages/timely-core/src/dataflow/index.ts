export { Capability } from "./capability.ts";
export type { InputCapability, InputPort } from "./channels/input-port.ts";
export type { OutputPort, SendingRight, Session } from "./channels/output-port.ts";
export { broadcasting, type Exchange, type Pact, pipeline } from "./channels/pact.ts";
export {
  CapabilityError,
  GraphError,
  OperatorError,
  type Place,
  PlacedError,
  ProtocolError,
  SafetyError,
} from "./errors.ts";
export { type Input, input } from "./input.ts";
export { OperatorBuilder, type OperatorInfo, type OperatorOptions } from "./operator-builder.ts";
export type { Scope } from "./scope.ts";
export type { Stream, Through } from "./stream.ts";
