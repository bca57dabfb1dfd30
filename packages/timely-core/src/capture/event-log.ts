// A captured stream in memory: a list that grows at one end, read by anybody from where they stand. After timely dataflow's `EventLink`.

import type { Batch } from "../batch/index.ts";
import type { CaptureEvent, CaptureReader, CaptureSink } from "./event.ts";

interface Link<T, B extends Batch> {
  event: CaptureEvent<T, B> | undefined;
  next: Link<T, B> | undefined;
}

/** Keeps the events of one captured stream for its readers; see `eventLog`. */
export class EventLog<T, B extends Batch> implements CaptureSink<T, B> {
  private readonly first: Link<T, B> | undefined;
  private last: Link<T, B> = { event: undefined, next: undefined };
  private readonly wakes: (() => void)[] = [];

  /** Engine-internal: see `eventLog`. @internal */
  constructor(keep: boolean) {
    this.first = keep ? this.last : undefined;
  }

  push(event: CaptureEvent<T, B>): void {
    const { last } = this;
    last.event = event.kind === "batch" ? { ...event, batch: event.batch.retain() as B } : event;
    this.last = { event: undefined, next: undefined };
    last.next = this.last;
    for (const wake of this.wakes) wake();
  }

  /** Reads from the start, or where the log keeps nothing, from here on. */
  reader(): CaptureReader<T, B> {
    let at = this.first ?? this.last;
    return {
      next: () => {
        const { event, next } = at;
        if (next === undefined || event === undefined) return undefined;
        at = next;
        if (event.kind === "batch") event.batch.share(1);
        return event;
      },
      onEvent: (wake) => void this.wakes.push(wake),
    };
  }
}

/**
 * A log in memory to capture a stream into, and to replay it from in the same thread: `stream.pipe(capture(log))`, then
 * `replay(scope, layout, [log.reader()])`.
 *
 * It keeps all events, so that readers may come at any time. With `keep` false, an event is kept for the readers alone that were there
 * before it, and only until they have read it.
 */
export function eventLog<T, B extends Batch>({ keep = true }: { readonly keep?: boolean } = {}): EventLog<T, B> {
  return new EventLog<T, B>(keep);
}
