// Server-sent events (HTML standard, 9.2): one follower of the epochs, which reads from the backlog at its own pace.
import type { EpochBacklog } from "./epoch-backlog.ts";

/** How a follower is served. */
export interface EventStreamOptions {
  /** The epoch it has. */
  readonly after: number;
  /** How many epochs were accepted; the deltas of the last of them may be under way. */
  readonly accepted: () => number;
  /** Whether deltas list their groups. */
  readonly groups: boolean;
  /** When the controller started, as epochs are counted from there. */
  readonly started: string;
  /** Milliseconds after which an idle stream shows that it lives. */
  readonly heartbeat: number;
  /** Milliseconds after which a follower that leaves something unread is disconnected. */
  readonly patience: number;
  /** Called when the follower's patience is over; it closes the connection, which cancels the stream. */
  readonly disconnect: () => void;
  /** Called once, when the follower is gone. */
  readonly onEnd: () => void;
}

const encoder = new TextEncoder();

/** A stream of events; nothing is made before it can be sent, so a slow follower costs no memory. */
export function eventStream(backlog: EpochBacklog, options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { accepted, groups, started, heartbeat, patience, disconnect, onEnd } = options;
  let next = options.after + 1;
  let greeted = false;
  let over = false;
  /** Ends the wait of the pull that is under way; undefined while the follower is not asking. */
  let wake: (() => void) | undefined;
  let stalled: NodeJS.Timeout | undefined;
  let forget = (): void => {};
  const end = (): void => {
    over = true;
    forget();
    clearTimeout(stalled);
    wake?.();
    onEnd();
  };
  /** Disconnects the follower unless it asks within its patience. */
  const lose = (): void => {
    stalled ??= setTimeout(disconnect, patience);
  };
  const nextEpoch = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, heartbeat);
      function done() {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      }
      wake = done;
    });
  /** The text to send next; waits while there is nothing to say. */
  const take = async (): Promise<string> => {
    if (!greeted) {
      greeted = true;
      return `retry: 1000\n${event("ready", JSON.stringify({ epoch: accepted(), started }))}`;
    }
    // Not kept any more, or of the time before a restart.
    if (next < backlog.earliest || next > accepted() + 1) {
      const to = backlog.latest;
      const gap = JSON.stringify({ from: Math.min(next, to), to });
      next = to + 1;
      return event("gap", gap, to);
    }
    if (next > backlog.latest) await nextEpoch();
    const record = backlog.get(next);
    if (record === undefined) return ": \n\n";
    return event("epoch", groups ? record.full : record.brief, next++);
  };
  return new ReadableStream<Uint8Array>(
    {
      start() {
        forget = backlog.onAdd(() => {
          if (wake !== undefined) wake();
          else lose();
        });
      },
      async pull(controller) {
        clearTimeout(stalled);
        stalled = undefined;
        const text = await take();
        if (over) return;
        controller.enqueue(encoder.encode(text));
        if (next <= backlog.latest) lose();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function event(name: string, data: string, id?: number): string {
  return `event: ${name}\n${id === undefined ? "" : `id: ${id}\n`}data: ${data}\n\n`;
}
