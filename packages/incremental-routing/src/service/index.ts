export { type ReplayOptions, replay } from "./replay.ts";
export {
  type EpochDelta,
  type Group,
  type NodeGroups,
  Routing,
  RoutingClosedError,
  type RoutingOptions,
} from "./routing.ts";
