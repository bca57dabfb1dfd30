// What user logic works with at one logical time: it sends, and post-dates work, at that time or later.

import type {
  Batch,
  Capability,
  InputCapability,
  OutputPort,
  RecordOf,
  Session,
  TimeDomain,
} from "@limmat/timely-core";
import { NotificationTimeError } from "../errors.ts";

/** A time at which records are applied. Valid until the call that it was given to returns. */
export interface Moment<T, N, R extends Batch> {
  /** The time of the records, and of what is sent. */
  readonly time: T;
  /** Sends a record. */
  give(record: RecordOf<R>): void;
  /** Sends a batch, which is taken over. */
  giveBatch(batch: R): void;
  /**
   * Post-dates a record for the key with that hash: it comes back when `time` is complete, on whichever worker the key's bin is by then.
   * `hash` is what the operator's key gives for records of that key. Throws `NotificationTimeError` unless `time` is at or after the
   * moment's.
   */
  notifyAt(time: T, hash: number, record: N): void;
}

/** What gives a moment its right to send. */
export type Right<T> = InputCapability<T> | Capability<T>;

/** The one moment of an operator, moved from time to time. */
export class OpenMoment<T, N, R extends Batch> implements Moment<T, N, R> {
  private readonly domain: TimeDomain<T>;
  private readonly output: OutputPort<T, R>;
  private readonly schedule: (time: T, hash: number, record: N, right: Right<T>) => void;
  private right: Right<T> | undefined;
  private session: Session<T, R> | undefined;

  /** `schedule` keeps post-dated records. */
  constructor(
    domain: TimeDomain<T>,
    output: OutputPort<T, R>,
    schedule: (time: T, hash: number, record: N, right: Right<T>) => void,
  ) {
    this.domain = domain;
    this.output = output;
    this.schedule = schedule;
  }

  get time(): T {
    return this.current.time;
  }

  give(record: RecordOf<R>): void {
    this.session ??= this.output.session(this.current);
    this.session.give(record);
  }

  giveBatch(batch: R): void {
    this.session ??= this.output.session(this.current);
    this.session.giveBatch(batch);
  }

  notifyAt(time: T, hash: number, record: N): void {
    const right = this.current;
    if (!this.domain.lessEqual(right.time, time)) throw new NotificationTimeError(time, right.time);
    this.schedule(time, hash, record, right);
  }

  /** Moves to the time of `right`. */
  open(right: Right<T>): void {
    this.right = right;
    this.session = undefined;
  }

  /** Ends it. */
  close(): void {
    this.right = undefined;
    this.session = undefined;
  }

  private get current(): Right<T> {
    if (this.right === undefined) throw new NotificationTimeError(undefined, undefined);
    return this.right;
  }
}
