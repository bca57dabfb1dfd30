export { type Activity, Meter } from "./activity.ts";
export { Broadcast, type ProgressLine } from "./broadcast.ts";
export { ChangeBatch } from "./change-batch.ts";
export { ZeroDelayCycleError } from "./reachability.ts";
export {
  type LoggedScope,
  type Operator,
  type ProgressLog,
  type Refinement,
  Subgraph,
  type SubgraphHost,
} from "./subgraph.ts";
