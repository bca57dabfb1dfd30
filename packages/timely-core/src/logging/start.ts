// Starts the log of a worker: into a function, or as a stream of a dataflow on that same worker.

import { Rows } from "../batch/index.ts";
import type { Watcher } from "../dataflow/context.ts";
import { input } from "../dataflow/input.ts";
import type { Scope } from "../dataflow/scope.ts";
import type { Stream } from "../dataflow/stream.ts";
import { LimmatError } from "../errors.ts";
import type { Meter } from "../progress/index.ts";
import type { LogEvent } from "./events.ts";
import { Log, type LogOptions } from "./log.ts";

/** What can be logged: a worker. */
export interface Loggable {
  /** The number of the worker. */
  readonly index: number;
  /** Engine-internal. @internal */
  parts(): { readonly now: () => number };
  /** Engine-internal. @internal */
  measure(): Meter;
  /** Engine-internal. @internal */
  endMeasure(): void;
  /** Engine-internal. @internal */
  readonly isWatched: boolean;
  /** Engine-internal. @internal */
  watch(watcher: Watcher | undefined): void;
}

/** A log that can't be: of a worker that is logged already, or into a dataflow of another worker. */
export class LogError extends LimmatError {
  constructor(worker: number, message: string) {
    super("LOG", `the log of worker ${worker} can't be started: ${message}`);
  }
}

/**
 * Logs a worker's dataflows, those that are built already and those to come, into `to`, which is called between steps of the worker
 * and owns the events it is given. A worker has one log at a time: `close()` ends it.
 *
 * @throws LogError when the worker is logged already.
 */
export function log(worker: Loggable, to: (events: LogEvent[]) => void, options: LogOptions = {}): Log {
  return start(worker, options, to, () => {}, undefined);
}

/**
 * Logs a worker's other dataflows as a stream of the dataflow that is being built, which is left out itself, whole. Times are whole
 * milliseconds on the worker's clock: an event's `at` is at or after the time it is sent at, and the stream advances with each
 * delivery. It ends when the worker has no other dataflows left to run, or with `close()` of the log.
 *
 * @throws LogError when the worker is logged already, or the scope is another worker's.
 */
export function logStream(
  worker: Loggable,
  scope: Scope<number>,
  options: LogOptions = {},
): {
  /** The log, to flush or close it. */
  readonly log: Log;
  /** Its events. */
  readonly stream: Stream<number, Rows<LogEvent>>;
} {
  if (scope.index !== worker.index) throw new LogError(worker.index, `the scope is one of worker ${scope.index}`);
  const { now } = worker.parts();
  scope.context.states?.leaveOut();
  const feed = input<LogEvent>(scope, "log");
  const send = (events: LogEvent[]): void => {
    feed.sendBatch(new Rows(events));
    const time = Math.floor(now());
    if (time > feed.time) feed.advanceTo(time);
  };
  return { log: start(worker, options, send, () => feed.close(), scope.context.id), stream: feed.stream };
}

function start(
  worker: Loggable,
  options: LogOptions,
  to: (events: LogEvent[]) => void,
  ended: () => void,
  reader: number | undefined,
): Log {
  const { interval = 1000 } = options;
  if (!(interval >= 0)) throw new LogError(worker.index, `its interval is ${interval}: give milliseconds, from 0`);
  if (worker.isWatched) throw new LogError(worker.index, "it is logged already; close() that log first");
  const { now } = worker.parts();
  const log = new Log(options, now, worker.measure(), to, () => {
    worker.watch(undefined);
    worker.endMeasure();
    ended();
  });
  if (reader !== undefined) log.leaveOut(reader);
  worker.watch(log);
  return log;
}
