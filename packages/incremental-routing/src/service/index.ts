export { type ReplayOptions, replay } from "./replay.ts";
export { type EpochDelta, Routing, type RoutingOptions } from "./routing.ts";
