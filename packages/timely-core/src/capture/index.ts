export { capture, captureInto } from "./capture.ts";
export { CapturedBytes, capturedBytes } from "./decoder.ts";
export { CaptureError, type CaptureEvent, type CaptureReader, type CaptureSink } from "./event.ts";
export { EventLog, eventLog } from "./event-log.ts";
export { replay } from "./replay.ts";
