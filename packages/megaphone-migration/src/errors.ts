// The typed errors of this package. Wrong control traffic is reported, never a crash (engine rules 20 and 22; the Megaphone
// reference asserts and panics instead).

import { LimmatError } from "@limmat/timely-core";

function show(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part));
}

/** A number of bin bits that is not an integer from 0 to 20. Code `BIN_BITS`. */
export class BinBitsError extends LimmatError {
  /** What was given. */
  readonly bits: number;

  constructor(bits: number) {
    super("BIN_BITS", `${bits} bin bits: give an integer from 0 to 20 (2^bits bins)`);
    this.bits = bits;
  }
}

/** A number of workers that is not an integer of at least 1. Code `WORKER_COUNT`. */
export class WorkerCountError extends LimmatError {
  /** What was given. */
  readonly workers: number;

  constructor(workers: number) {
    super("WORKER_COUNT", `${workers} workers: give an integer of at least 1`);
    this.workers = workers;
  }
}

/** A bin that does not exist. Code `UNKNOWN_BIN`. */
export class UnknownBinError extends LimmatError {
  /** The bin that was named. */
  readonly bin: number;
  /** How many bins there are. */
  readonly count: number;

  constructor(bin: number, count: number) {
    super("UNKNOWN_BIN", `bin ${show(bin)} does not exist: bins are 0 to ${count - 1}`);
    this.bin = bin;
    this.count = count;
  }
}

/** A worker that does not exist, or is not among those a target map may use. Code `UNKNOWN_WORKER`. */
export class UnknownWorkerError extends LimmatError {
  /** The worker that was named. */
  readonly worker: number;

  constructor(worker: number, known: string) {
    super("UNKNOWN_WORKER", `worker ${show(worker)} does not exist: ${known}`);
    this.worker = worker;
  }
}

/** A map that does not have one entry for each bin. Code `MAP_LENGTH`. */
export class MapLengthError extends LimmatError {
  /** How many entries were given. */
  readonly length: number;
  /** How many there must be. */
  readonly expected: number;

  constructor(length: number, expected: number) {
    super("MAP_LENGTH", `${show(length)} entries where ${expected} are needed: give one for each bin`);
    this.length = length;
    this.expected = expected;
  }
}

/** A control record that is not one: an unknown kind, or a field of the wrong type or range. Code `CONTROL_RECORD`. */
export class ControlRecordError extends LimmatError {
  /** The field at fault. */
  readonly field: string;

  constructor(field: string, value: unknown, wanted: string) {
    super("CONTROL_RECORD", `control record with ${field} ${show(value)}: it must be ${wanted}`);
    this.field = field;
  }
}

/** A step with more or fewer control records than their `count` says, or with different counts. Code `CONTROL_COUNT`. */
export class ControlCountError extends LimmatError {
  /** The step's time. */
  readonly time: unknown;
  /** The step's sequence number. */
  readonly sequence: number;
  /** The count that the step's first record announced. */
  readonly count: number;
  /** How many records came, or the other count that was announced. */
  readonly received: number;

  constructor(time: unknown, sequence: number, count: number, received: number, what: string) {
    super("CONTROL_COUNT", `step ${sequence} at time ${show(time)} announced ${count} control records, but ${what}`);
    this.time = time;
    this.sequence = sequence;
    this.count = count;
    this.received = received;
  }
}

/** Two sequence numbers at one control time, of steps that are not cancelled. Code `CONTROL_SEQUENCE`. */
export class ControlSequenceError extends LimmatError {
  /** The control time. */
  readonly time: unknown;
  /** The sequence number that came first. */
  readonly sequence: number;
  /** The one that came after it. */
  readonly other: number;

  constructor(time: unknown, sequence: number, other: number) {
    super(
      "CONTROL_SEQUENCE",
      `sequences ${sequence} and ${other} at time ${show(time)}: give each step a time of its own, or cancel one`,
    );
    this.time = time;
    this.sequence = sequence;
    this.other = other;
  }
}

/** Times of steps that are no chain in the order of their sequence numbers (engine rule 20), cancelled ones apart. Code `CONTROL_ORDER`. */
export class ControlOrderError extends LimmatError {
  /** The time of the record that was refused. */
  readonly time: unknown;
  /** Its sequence number. */
  readonly sequence: number;
  /** The time of the step that it clashes with. */
  readonly otherTime: unknown;
  /** That step's sequence number. */
  readonly otherSequence: number;
  /** Whether the two times are incomparable, or in the other order than (or at the same) sequence numbers. */
  readonly relation: "incomparable" | "decreasing";

  constructor(
    relation: "incomparable" | "decreasing",
    step: { readonly time: unknown; readonly sequence: number },
    other: { readonly time: unknown; readonly sequence: number },
  ) {
    const mend =
      relation === "incomparable"
        ? "control times must form a chain"
        : "a later control time needs a greater sequence number";
    super(
      "CONTROL_ORDER",
      `step ${step.sequence} at time ${show(step.time)} against step ${other.sequence} at time ${show(other.time)}: ${mend}`,
    );
    this.relation = relation;
    this.time = step.time;
    this.sequence = step.sequence;
    this.otherTime = other.time;
    this.otherSequence = other.sequence;
  }
}

/** A cancel of a step that can't be cancelled by it (engine rule 22). Code `CANCEL`. */
export class CancelError extends LimmatError {
  /** The sequence number of the step that was to be cancelled. */
  readonly cancels: number;
  /** The sequence number of the cancel. */
  readonly sequence: number;
  /**
   * `"late"`: the control frontier has passed the step, and bins may have moved by it. `"after"`: the cancel's time is not at or before the
   * step's. `"unknown"`: the control stream ended, and no such step came.
   */
  readonly reason: "late" | "after" | "unknown";

  constructor(reason: "late" | "after" | "unknown", cancels: number, sequence: number) {
    const what = {
      late: "the control frontier has passed it: move the bins back in a later step",
      after: "the cancel must stand at or before the step's time",
      unknown: "no step with that number came",
    }[reason];
    super("CANCEL", `record ${sequence} can't cancel step ${cancels}: ${what}`);
    this.reason = reason;
    this.cancels = cancels;
    this.sequence = sequence;
  }
}

/** One step that says two things of one bin: two maps, or two workers for it. Code `CONTROL_CONFLICT`. */
export class ControlConflictError extends LimmatError {
  /** The step's time. */
  readonly time: unknown;
  /** The step's sequence number. */
  readonly sequence: number;

  constructor(time: unknown, sequence: number, what: string) {
    super("CONTROL_CONFLICT", `step ${sequence} at time ${show(time)} has ${what}: records of one step have no order`);
    this.time = time;
    this.sequence = sequence;
  }
}

/** A control record at a time that the control frontier has passed. Code `LATE_CONTROL`. */
export class LateControlError extends LimmatError {
  /** The record's time. */
  readonly time: unknown;

  constructor(time: unknown) {
    super("LATE_CONTROL", `control record at time ${show(time)}, which the control frontier has passed`);
    this.time = time;
  }
}

/** A question for the configuration of a time that control records may still change. Code `UNSETTLED_TIME`. */
export class UnsettledTimeError extends LimmatError {
  /** The time asked for. */
  readonly time: unknown;

  constructor(time: unknown) {
    super(
      "UNSETTLED_TIME",
      `the configuration of time ${show(time)} may still change: ask once the control frontier has passed it`,
    );
    this.time = time;
  }
}

/** A question for the configuration of a time that was given up by `retire`. Code `RETIRED_TIME`. */
export class RetiredTimeError extends LimmatError {
  /** The time asked for. */
  readonly time: unknown;

  constructor(time: unknown) {
    super(
      "RETIRED_TIME",
      `the configuration of time ${show(time)} is dropped: retire only what no record can ask for any more`,
    );
    this.time = time;
  }
}

/** A frontier that stands before the one given earlier. Code `FRONTIER_REGRESSION`. */
export class FrontierRegressionError extends LimmatError {
  /** The element that is not at or after the earlier frontier. */
  readonly time: unknown;

  constructor(time: unknown) {
    super("FRONTIER_REGRESSION", `frontier element ${show(time)} is not at or after the earlier frontier`);
    this.time = time;
  }
}

/** A plan that does not turn the one map into the other, or columns of moves that do not fit. Code `PLAN`. */
export class PlanError extends LimmatError {
  /** The step at fault, counted from 0, or undefined when the plan as a whole is. */
  readonly step: number | undefined;
  /** The bin at fault, or undefined. */
  readonly bin: number | undefined;

  constructor(message: string, step?: number, bin?: number) {
    super("PLAN", message);
    this.step = step;
    this.bin = bin;
  }
}

/** A parameter of a strategy or of a target map that is out of its range. Code `PLAN_PARAMETER`. */
export class PlanParameterError extends LimmatError {
  /** The parameter at fault. */
  readonly parameter: string;

  constructor(parameter: string, value: unknown, wanted: string) {
    super("PLAN_PARAMETER", `${parameter} ${show(value)}: it must be ${wanted}`);
    this.parameter = parameter;
  }
}

/** Work that was post-dated to a time that is not at or after the present one, or outside of the call that allows it. Code `NOTIFICATION_TIME`. */
export class NotificationTimeError extends LimmatError {
  /** The time asked for. */
  readonly time: unknown;

  constructor(time: unknown, now: unknown) {
    super(
      "NOTIFICATION_TIME",
      now === undefined
        ? "a moment was used after the call that it was given to: it can't be kept"
        : `work at time ${show(now)} can't be post-dated to ${show(time)}: give a time at or after it`,
    );
    this.time = time;
  }
}

/** A record on a state channel that breaks its order: Prepare, State, Pending, Commit. Migration is broken: please report it. Code `MIGRATION_PROTOCOL`. */
export class MigrationProtocolError extends LimmatError {
  /** The bin. */
  readonly bin: number;
  /** The worker that sent it. */
  readonly from: number;

  constructor(bin: number, from: number, what: string) {
    super("MIGRATION_PROTOCOL", `bin ${bin} from worker ${from}: ${what}`);
    this.bin = bin;
    this.from = from;
  }
}

/** Options of a stateful operator that can't be. Code `STATEFUL_OPTION`. */
export class StatefulOptionError extends LimmatError {
  /** The option at fault. */
  readonly option: string;

  constructor(option: string, value: unknown, wanted: string) {
    super("STATEFUL_OPTION", `${option} ${show(value)}: it must be ${wanted}`);
    this.option = option;
  }
}
