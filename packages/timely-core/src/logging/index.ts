export type {
  ActivityEvent,
  ChannelEvent,
  HeldEvent,
  LogEvent,
  MessagesEvent,
  OperatorEvent,
  ParkEvent,
  PortEnd,
  ProgressChange,
  ProgressEvent,
  ScheduleEvent,
  ShutdownEvent,
  UnparkEvent,
} from "./events.ts";
export type { Log, LogOptions } from "./log.ts";
export { type Loggable, LogError, log, logStream } from "./start.ts";
