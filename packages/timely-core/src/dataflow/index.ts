export { Capability } from "./capability.ts";
export { CapabilitySet } from "./capability-set.ts";
export type { Delivery, InputCapability, InputPort } from "./channels/input-port.ts";
export type { OutputPort, SendingRight, Session } from "./channels/output-port.ts";
export {
  broadcasting,
  type Exchange,
  type HashExchange,
  type Pact,
  pipeline,
  type WorkerExchange,
} from "./channels/pact.ts";
export {
  CapabilityError,
  DroppedError,
  GraphError,
  OperatorError,
  type Place,
  PlacedError,
  ProtocolError,
  SafetyError,
} from "./errors.ts";
export { FlowControl, type FlowLimits, flowControl } from "./flow-control.ts";
export { type Input, input } from "./input.ts";
export { Notificator } from "./notificator.ts";
export { FrontierNotificator } from "./notificator-frontier.ts";
export { notificatorOf } from "./notificator-of.ts";
export { TotalOrderNotificator } from "./notificator-total.ts";
export { OperatorBuilder, type OperatorInfo, type OperatorOptions } from "./operator-builder.ts";
export type { Scope } from "./scope.ts";
export { Stash } from "./stash.ts";
export type { Stream, Through } from "./stream.ts";
export { UnorderedInput, type UnorderedStart, unorderedInput } from "./unordered-input.ts";
