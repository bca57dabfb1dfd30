export type { Interval, IntervalErrorCode } from "./interval.ts";
export {
  checkInterval,
  formatAddress,
  formatInterval,
  IntervalError,
  intervalOfSize,
  intervalSize,
  MAX_ADDRESS,
} from "./interval.ts";
export { IntervalSet } from "./interval-set.ts";
