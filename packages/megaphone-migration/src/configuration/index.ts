export { type BinMap, initialMap } from "./bin-map.ts";
export type { Configuration } from "./configuration.ts";
export { Configurations, type Step } from "./configurations.ts";
export {
  type CancelRecord,
  type ControlHeader,
  type ControlRecord,
  cancelRecords,
  controlRecords,
  type MapRecord,
  type MoveRecord,
} from "./control-record.ts";
export { difference, type Move, Moves } from "./moves.ts";
