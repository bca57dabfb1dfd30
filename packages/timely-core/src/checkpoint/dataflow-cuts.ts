// The cuts of one dataflow on one worker: one through each operator with state, for one checkpoint after the other.

import { ByteWriter } from "../codec/index.ts";
import type { TimeDomain } from "../order/index.ts";
import { EntryReader, inherits } from "./entries.ts";
import { CheckpointError } from "./errors.ts";
import type { PartEntry } from "./part.ts";
import { readRecord } from "./record.ts";
import type { SavedState, StatefulOperator, StateRegistry } from "./registry.ts";
import type { Schedule } from "./schedule.ts";

/** What the workers that took a checkpoint saved of one operator. */
export interface SavedOperator {
  readonly schema: string;
  /** By worker. */
  readonly records: readonly Uint8Array[];
}

/** Where a run started from, for one dataflow. */
export interface Origin {
  readonly id: number;
  readonly time: unknown;
  /** The dataflow's operators by path; undefined when the checkpoint doesn't have the dataflow. */
  readonly operators: ReadonlyMap<string, SavedOperator> | undefined;
}

/** An operator and what is still needed of what it saved. */
interface Cut {
  readonly operator: StatefulOperator;
  /** The number of the checkpoint whose cut comes next; Infinity when its state can't change any more. */
  next: number;
  /** What it saved, and the numbers for which that is its state: ascending, without gaps. */
  saved: { readonly from: number; readonly to: number; readonly record: Uint8Array }[];
}

/** What a dataflow's cuts need of the dataflow. */
export interface CutDataflow {
  /** Whether `test` holds for every outermost time that may still arrive somewhere in it, on any worker. */
  everyTime(test: (time: unknown) => boolean): boolean;
}

/** The operators with state of one dataflow on one worker. */
export class DataflowCuts implements StateRegistry {
  /** Tells the dataflow from others, in all runs. */
  readonly key: string;
  readonly domain: TimeDomain<unknown>;
  private readonly schedule: Schedule;
  private readonly origin: Origin | undefined;
  private readonly worker: { readonly index: number; readonly peers: number };
  private readonly cuts: Cut[] = [];
  private readonly names = new Map<string, number>();
  private readonly loaded = new Set<string>();
  private readonly writer = new ByteWriter(1024);
  private readonly first: number;
  private dataflow: CutDataflow | undefined;
  private isOut = false;
  private limit: unknown;
  private readonly isLater = (time: unknown): boolean => !this.domain.lessEqual(time, this.limit);

  /** `first` is the number of the first checkpoint that the dataflow is in. */
  constructor(
    key: string,
    domain: TimeDomain<unknown>,
    schedule: Schedule,
    first: number,
    origin: Origin | undefined,
    worker: { readonly index: number; readonly peers: number },
  ) {
    this.key = key;
    this.domain = domain;
    this.schedule = schedule;
    this.first = first;
    this.origin = origin;
    this.worker = worker;
  }

  // ---- building ----

  /** The checkpoint that the run started from; 0 when it started from none. */
  get startedFrom(): number {
    return this.origin?.id ?? 0;
  }

  covers(time: unknown): boolean {
    return !this.isOut && this.origin !== undefined && this.domain.lessEqual(time, this.origin.time);
  }

  leaveOut(): void {
    this.isOut = true;
  }

  add(operator: StatefulOperator): SavedState | undefined {
    if (this.isOut) return undefined;
    this.cuts.push({ operator, next: this.first, saved: [] });
    this.limitGate(this.cuts[this.cuts.length - 1] as Cut);
    const count = this.names.get(operator.path) ?? 0;
    this.names.set(operator.path, count + 1);
    const { origin } = this;
    if (origin?.operators === undefined) return undefined;
    const path = pathOf(operator, count);
    const saved = origin.operators.get(path);
    if (saved === undefined) {
      throw new CheckpointError(
        `checkpoint ${origin.id} has no state of ${operator.where} (${path}): run the program that took it, or start with restore: false`,
      );
    }
    if (saved.schema !== operator.schema) {
      throw new CheckpointError(
        `checkpoint ${origin.id} has state of ${operator.where} (${path}) in the form "${saved.schema}", where "${operator.schema}" is wanted`,
      );
    }
    this.loaded.add(path);
    return this.restore(saved);
  }

  private restore({ records }: SavedOperator): SavedState {
    const { index, peers } = this.worker;
    const read = records.map(readRecord);
    return {
      state: new EntryReader(
        read.map(({ entries }) => entries),
        index,
        peers,
      ),
      crossings: read.filter((_, saver) => inherits(index, peers, saver)).flatMap(({ crossings }) => crossings),
    };
  }

  /** Ends the building: every operator of the checkpoint that the run started from must be there. */
  start(dataflow: CutDataflow): void {
    this.dataflow = dataflow;
    for (const path of this.origin?.operators?.keys() ?? []) {
      if (this.loaded.has(path)) continue;
      throw new CheckpointError(
        `checkpoint ${this.origin?.id} has state of ${path} of dataflow ${this.key}, which is not built any more: ` +
          `run the program that took it, or start with restore: false`,
      );
    }
  }

  // ---- running ----

  /** A time was added to the schedule; throws `CheckpointError` when an operator has gone beyond it already. */
  announced(): void {
    for (const cut of this.cuts) {
      if (cut.operator.gate.isLimited || cut.next === Number.POSITIVE_INFINITY) continue;
      const time = this.schedule.at(cut.next);
      if (time === undefined) continue;
      if (!cut.operator.gate.canCut(time)) {
        throw new CheckpointError(
          `the checkpoint at ${JSON.stringify(time)} was asked for too late: ${cut.operator.where} has worked on later times. ` +
            `Ask before an input is advanced beyond that time, or use checkpoints: { every }`,
        );
      }
      this.limitGate(cut);
    }
  }

  /** Saves every operator that nothing covered by its next checkpoint can reach any more. */
  advance(): void {
    for (let i = 0; i < this.cuts.length; i++) {
      const cut = this.cuts[i] as Cut;
      while (cut.operator.gate.isLimited) {
        this.limit = this.schedule.at(cut.next);
        if (!cut.operator.everyTime(this.isLater)) break;
        this.save(cut);
      }
    }
  }

  private save(cut: Cut): void {
    const { operator, next } = cut;
    const to = this.schedule.lastOf(next, (test) => operator.everyTime(test));
    this.writer.reset();
    operator.save(this.writer);
    cut.saved.push({ from: next, to, record: this.writer.finish().slice() });
    cut.next = to + 1;
    this.limitGate(cut);
    operator.release();
  }

  private limitGate({ operator, next }: Cut): void {
    const time = this.schedule.at(next);
    if (time === undefined || next === Number.POSITIVE_INFINITY) operator.gate.open();
    else operator.gate.close(time);
  }

  /** The last number for which what is saved at `number` holds, or undefined when that is still to come. Infinity without operators. */
  savedTo(number: number): number | undefined {
    let to = Number.POSITIVE_INFINITY;
    for (const { saved } of this.cuts) {
      const entry = saved.find((each) => each.from <= number && number <= each.to);
      if (entry === undefined) return undefined;
      to = Math.min(to, entry.to);
    }
    this.limit = this.schedule.at(number);
    if (!this.dataflow?.everyTime(this.isLater)) return undefined;
    return Math.min(
      to,
      this.schedule.lastOf(number, (test) => this.dataflow?.everyTime(test) ?? false),
    );
  }

  /** Whether the dataflow is in the checkpoint of this number. */
  isIn(number: number): boolean {
    return !this.isOut && number >= this.first;
  }

  /** Whether it has operators with state. */
  get hasState(): boolean {
    return this.cuts.length > 0;
  }

  /** The operators' state at a number. */
  entries(number: number): PartEntry[] {
    const counts = new Map<string, number>();
    return this.cuts.map(({ operator, saved }) => {
      const count = counts.get(operator.path) ?? 0;
      counts.set(operator.path, count + 1);
      const entry = saved.find((each) => each.from <= number && number <= each.to);
      return {
        path: pathOf(operator, count),
        schema: operator.schema,
        record: entry?.record ?? new Uint8Array(0),
      };
    });
  }

  /** Forgets what was saved for the numbers up to `number`. */
  forget(number: number): void {
    for (const cut of this.cuts) cut.saved = cut.saved.filter(({ to }) => to > number);
  }
}

/** Operators of one name in one scope are told apart by the order in which they are built. */
function pathOf(operator: StatefulOperator, count: number): string {
  return count === 0 ? operator.path : `${operator.path}#${count}`;
}
