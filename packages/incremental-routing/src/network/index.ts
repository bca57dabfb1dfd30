export * from "./change.ts";
export * from "./network.ts";
export * from "./network-delta.ts";
export { RoutingError } from "./routing-error.ts";
export * from "./topology.ts";
export * from "./weights.ts";
