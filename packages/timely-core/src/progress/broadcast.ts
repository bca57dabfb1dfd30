// Carries a scope's progress to its replicas on other workers, as atomic batches over lines of their own.
// After timely dataflow's `Progcaster`; engine rule 3.

import { type ByteReader, ByteWriter } from "../codec/index.ts";
import type { TimeDomain } from "../order/index.ts";
import { ChangeBatch } from "./change-batch.ts";

/** The way to one other worker: whole messages, first in first out. */
export interface ProgressLine {
  /** Sends a message, or returns false and sends nothing while the line is full. */
  offer(message: Uint8Array): boolean;
}

/**
 * Sends batches of one scope's changes to every other worker.
 *
 * While a line is full, further batches for it are summed into one that is still atomic, since it holds all changes of a run of
 * batches; so what waits is bounded by the number of distinct (location, time), however long the line stays full.
 */
export class Broadcast<T> {
  private readonly domain: TimeDomain<T>;
  private readonly lines: readonly ProgressLine[];
  private readonly backlogs: ChangeBatch<T>[];
  private readonly header: (to: ByteWriter) => void;
  private readonly writer = new ByteWriter(256);

  /** `header` writes what the receiver needs to find the scope. */
  constructor(domain: TimeDomain<T>, lines: readonly ProgressLine[], header: (to: ByteWriter) => void) {
    this.domain = domain;
    this.lines = lines;
    this.backlogs = lines.map(() => new ChangeBatch(domain));
    this.header = header;
  }

  /** Sends the changes as one atomic batch on every line, now or once there is room. */
  send(changes: ChangeBatch<T>): void {
    let encoded: Uint8Array | undefined;
    for (let i = 0; i < this.lines.length; i++) {
      const backlog = this.backlogs[i] as ChangeBatch<T>;
      if (backlog.isEmpty()) {
        encoded ??= this.encode(changes);
        if ((this.lines[i] as ProgressLine).offer(encoded)) continue;
      }
      for (let j = 0; j < changes.length; j++) {
        backlog.update(changes.locations[j] as number, changes.times[j] as T, changes.diffs[j] as number);
      }
    }
  }

  /** Offers what waits again; returns whether nothing waits any more. */
  flush(): boolean {
    let clear = true;
    for (let i = 0; i < this.lines.length; i++) {
      const backlog = this.backlogs[i] as ChangeBatch<T>;
      if (backlog.isEmpty()) continue;
      if ((this.lines[i] as ProgressLine).offer(this.encode(backlog))) backlog.clear();
      else clear = false;
    }
    return clear;
  }

  /** Adds the changes of a message from another worker, from after its header, to `changes`; returns how many they are. */
  receive(from: ByteReader, changes: ChangeBatch<T>): number {
    const count = from.varint();
    for (let left = count; left > 0; left--) {
      const location = from.varint();
      const time = this.domain.codec.read(from);
      changes.update(location, time, from.zigzag());
    }
    return count;
  }

  private encode(changes: ChangeBatch<T>): Uint8Array {
    const { writer, domain } = this;
    writer.reset();
    this.header(writer);
    writer.varint(changes.size());
    for (let i = 0; i < changes.length; i++) {
      writer.varint(changes.locations[i] as number);
      domain.codec.write(changes.times[i] as T, writer);
      writer.zigzag(changes.diffs[i] as number);
    }
    return writer.finish();
  }
}
