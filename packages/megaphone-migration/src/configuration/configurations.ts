// The function (time, bin) -> worker, as a chain of control times with the configuration that holds from each of them on.
// Engine rule 20: a record at x belongs to the configuration of the greatest control time at or before x.

import { Antichain, type Frontier, type TimeDomain } from "@limmat/timely-core";
import type { Bins } from "../bins/index.ts";
import {
  CancelError,
  ControlOrderError,
  ControlRecordError,
  ControlSequenceError,
  FrontierRegressionError,
  LateControlError,
  RetiredTimeError,
  UnsettledTimeError,
} from "../errors.ts";
import { BinHistory } from "./bin-history.ts";
import { type BinMap, checkedMap, initialMap } from "./bin-map.ts";
import { type Configuration, HistoricConfiguration } from "./configuration.ts";
import { ConfigurationBuilder } from "./configuration-builder.ts";
import type { ControlRecord } from "./control-record.ts";
import { Moves } from "./moves.ts";
import { SequenceRanges } from "./sequence-ranges.ts";

const noMoves = Moves.of([]);

/** A step: what one control time changed. */
export interface Step<T> {
  /** The control time. */
  readonly time: T;
  /** The step's sequence number. */
  readonly sequence: number;
  /** The bins that change their worker, ascending by bin; bins that were named but stay are not among them. None when it was cancelled. */
  readonly moves: Moves;
  /** Whether it was cancelled, so that it changes nothing. */
  readonly cancelled: boolean;
}

/** A cancel whose step hasn't come yet. */
interface Cancel<T> {
  readonly time: T;
  readonly sequence: number;
}

/**
 * Where bins live, as a function of time, under any partial order of times.
 *
 * `apply` collects control records; `advance` tells how far the control stream has come, and returns the steps that are settled by it;
 * `at` gives the configuration of a time; `retire` forgets those that nobody can ask for any more. Every worker that sees the same
 * records comes to the same function, whatever order they arrive in.
 *
 * Rules for the records of a control stream, whatever order they arrive in:
 *
 * 1. All records with one sequence number have one time and one count, and as many of them come as the count says.
 * 2. A cancel names a step with a lower sequence number, at a time at or after its own. The named step changes nothing. So a cancel can
 *    be accepted only while the control frontier has not passed the step (engine rule 22): a frontier that has passed the step has passed the
 *    cancel.
 * 3. The times of the steps that are not cancelled form a chain, on which sequence numbers ascend. Cancels, and steps that are cancelled,
 *    may stand anywhere.
 *
 * Since what is not cancelled yet may still be, rule 3 is checked when the control frontier passes the later one of two steps; the others at
 * once. To supersede a step, cancel it and announce another, at its time or any other, even in one group of records.
 *
 * As the control times at or before some x are a prefix of the chain, `at` is a binary search: O(log steps), and O(1) once a single
 * configuration is left.
 */
export class Configurations<T> {
  private readonly domain: TimeDomain<T>;
  private readonly bins: Bins;
  private readonly workers: number;
  private readonly history: BinHistory;
  // Control records at these times and after may still come.
  private controlFrontier: Antichain<T>;
  // Only times at or after this frontier are asked for.
  private askedFrontier: Antichain<T>;
  // Groups of records whose time the control frontier has not passed, by sequence number.
  private readonly pending = new Map<number, ConfigurationBuilder<T>>();
  // Cancels of steps that the control frontier has not passed, or that are still to come, by the step's sequence number.
  private readonly cancels = new Map<number, Cancel<T>[]>();
  // The sequence numbers of all groups that the control frontier has passed.
  private readonly used = new SequenceRanges();
  // Configurations that are kept, ascending, from index `first` on; and how many changes each of them holds in the history.
  private kept: HistoricConfiguration<T>[];
  private held: number[] = [0];
  private first = 0;
  // How many changes of the history may be needless by now.
  private needless = 0;

  /**
   * Starts with the map `initial`, by default bin i on worker i mod `workers`.
   *
   * Throws `WorkerCountError`, and `MapLengthError` or `UnknownWorkerError` for a map that doesn't fit.
   */
  constructor(domain: TimeDomain<T>, bins: Bins, workers: number, initial?: BinMap) {
    this.domain = domain;
    this.bins = bins;
    this.workers = workers;
    this.history = new BinHistory(
      initial === undefined ? initialMap(bins, workers) : checkedMap(initial, bins, workers),
    );
    this.controlFrontier = new Antichain(domain, [domain.minimum]);
    this.askedFrontier = new Antichain(domain, [domain.minimum]);
    this.kept = [new HistoricConfiguration(domain.minimum, -1, 0, this.history)];
  }

  /** How many configurations are kept. */
  get size(): number {
    return this.kept.length - this.first;
  }

  /** How many changes of a bin's worker are kept beside the table of the oldest configuration. */
  get changes(): number {
    return this.history.changes;
  }

  /** The configuration of the greatest control time settled so far. */
  get latest(): Configuration<T> {
    return this.newest;
  }

  /**
   * Takes a control record at `time`. A record that is refused changes nothing.
   *
   * Throws `LateControlError` (the control frontier has passed `time`), `ControlOrderError` (its sequence number is used at another time),
   * `CancelError`, and what `ConfigurationBuilder.add` throws. O(1), and O(bins) for a map.
   */
  apply(time: T, record: ControlRecord): void {
    if (typeof record !== "object" || record === null) throw new ControlRecordError("value", record, "an object");
    if (!this.controlFrontier.lessEqual(time)) throw new LateControlError(time);
    const { pending, domain } = this;
    const known = pending.get(record.sequence);
    const builder = known ?? new ConfigurationBuilder(this.bins, this.workers, time, record);
    const { sequence } = builder;
    if (known === undefined) this.checkNew(builder);
    else if (domain.compare(known.time, time) !== 0) {
      throw new ControlOrderError("decreasing", { time, sequence }, known);
    }
    if (record.kind === "cancel") this.checkCancel(time, record.cancels, sequence);
    builder.add(record);
    if (known === undefined) pending.set(sequence, builder);
    if (record.kind !== "cancel") return;
    const others = this.cancels.get(record.cancels);
    if (others === undefined) this.cancels.set(record.cancels, [{ time, sequence }]);
    else others.push({ time, sequence });
  }

  /**
   * Tells that control records can come only at or after `frontier` from now on, and returns the steps that this settles, ascending by time
   * in the domain's linear extension, cancelled ones among them.
   *
   * Throws `ControlCountError` when one of them lacks records, `ControlOrderError` (incomparable or decreasing times) and
   * `ControlSequenceError` (two at one time) when those not cancelled are no chain, `CancelError` when the stream has ended and a cancel
   * found no step, and `FrontierRegressionError`; nothing is changed then.
   * O(pending log pending + moves log moves), and O(bins) for each step with a map.
   */
  advance(frontier: Frontier<T>): Step<T>[] {
    const next = this.advanced(this.controlFrontier, frontier);
    const settled = this.passed(next);
    for (const builder of settled) builder.checkComplete();
    this.checkChain(settled.filter((builder) => builder.isStep && !this.cancels.has(builder.sequence)));
    if (next.isEmpty()) this.checkCancelsFound();
    this.controlFrontier = next;
    const steps: Step<T>[] = [];
    for (const builder of settled) {
      const { sequence, isStep } = builder;
      if (isStep) steps.push(this.settle(builder));
      this.pending.delete(sequence);
      this.cancels.delete(sequence);
      this.used.add(sequence);
    }
    return steps;
  }

  /** Whether no control record can change the configuration of `time` any more, so that a record at it may be routed. */
  isSettled(time: T): boolean {
    return !this.controlFrontier.lessEqual(time);
  }

  /**
   * The configuration of `time`: that of the greatest control time at or before it. O(log steps).
   *
   * Throws `UnsettledTimeError` when a control record may still change it, `RetiredTimeError` when `retire` gave it up.
   */
  at(time: T): Configuration<T> {
    if (!this.askedFrontier.lessEqual(time)) throw new RetiredTimeError(time);
    if (this.controlFrontier.lessEqual(time)) throw new UnsettledTimeError(time);
    const { kept, domain } = this;
    // The first one applies to every time that may be asked for, so it is never compared.
    let low = this.first;
    let high = kept.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (domain.lessEqual((kept[middle] as HistoricConfiguration<T>).time, time)) low = middle;
      else high = middle;
    }
    return kept[low] as HistoricConfiguration<T>;
  }

  /**
   * Tells that only times at or after `frontier` are asked for from now on, and drops every configuration that none of them has.
   *
   * With control times c before c', the configuration of c is dropped when c' is at or before the join of c with each element of
   * `frontier`; under a partial order that may be one amid others that stay. The last one always stays.
   * O(dropped) for total orders, else O(kept x elements); reclaiming the memory is O(1) per move, amortised.
   * Throws `FrontierRegressionError`, and nothing is changed then.
   */
  retire(frontier: Frontier<T>): void {
    this.askedFrontier = this.advanced(this.askedFrontier, frontier);
    while (this.size > 1 && !this.isAskedFor(this.first)) {
      this.first += 1;
      // These go into the table of the configuration that now is the oldest.
      this.needless += this.held[this.first] as number;
      this.held[this.first] = 0;
    }
    // Under a total order, whatever stands after a configuration that is asked for is asked for as well.
    if (!this.domain.total && this.size > 2) this.retireInner();
    if (this.first * 2 > this.kept.length) {
      this.kept = this.kept.slice(this.first);
      this.held = this.held.slice(this.first);
      this.first = 0;
    }
    if (this.needless * 2 > this.history.changes) {
      this.history.compact(this.kept, this.first);
      this.needless = 0;
    }
  }

  private get newest(): HistoricConfiguration<T> {
    return this.kept[this.kept.length - 1] as HistoricConfiguration<T>;
  }

  /** Drops configurations between the first and the last one. */
  private retireInner(): void {
    const { kept, held } = this;
    let end = this.first + 1;
    for (let i = end; i < kept.length; i++) {
      const changes = held[i] as number;
      if (i < kept.length - 1 && !this.isAskedFor(i)) {
        // Its changes now belong to the next one, which hides those of the bins that it changed itself.
        const next = held[i + 1] as number;
        this.needless += Math.min(changes, next);
        held[i + 1] = changes + next;
        continue;
      }
      kept[end] = kept[i] as HistoricConfiguration<T>;
      held[end] = changes;
      end += 1;
    }
    kept.length = end;
    held.length = end;
  }

  /** Whether a time at or after the asked frontier has the configuration at index `i`, which isn't the last one. */
  private isAskedFor(i: number): boolean {
    const { domain, kept } = this;
    const { time } = kept[i] as HistoricConfiguration<T>;
    const next = (kept[i + 1] as HistoricConfiguration<T>).time;
    return this.askedFrontier.elements.some((element) => !domain.lessEqual(next, domain.join(element, time)));
  }

  /** A copy of `frontier`, checked against the earlier one. */
  private advanced(earlier: Antichain<T>, frontier: Frontier<T>): Antichain<T> {
    for (const time of frontier.elements) {
      if (!earlier.lessEqual(time)) throw new FrontierRegressionError(time);
    }
    return new Antichain(this.domain, frontier.elements);
  }

  /** The groups whose times `frontier` has passed, ascending in the linear extension, then by sequence number. */
  private passed(frontier: Antichain<T>): ConfigurationBuilder<T>[] {
    const { pending, domain } = this;
    const passed: ConfigurationBuilder<T>[] = [];
    for (const builder of pending.values()) if (!frontier.lessEqual(builder.time)) passed.push(builder);
    return passed.sort((a, b) => domain.compare(a.time, b.time) || a.sequence - b.sequence);
  }

  /** Makes a group that the control frontier has passed a configuration, unless it is cancelled. */
  private settle(builder: ConfigurationBuilder<T>): Step<T> {
    const { history } = this;
    const { time, sequence } = builder;
    if (this.cancels.has(sequence)) return { time, sequence, moves: noMoves, cancelled: true };
    const ordinal = this.newest.ordinal + 1;
    const moves = builder.build((bin) => history.latest(bin));
    for (let i = 0; i < moves.length; i++) history.change(moves.bins[i] as number, moves.to[i] as number, ordinal);
    this.kept.push(new HistoricConfiguration(time, sequence, ordinal, history));
    this.held.push(moves.length);
    return { time, sequence, moves, cancelled: false };
  }

  /** Throws unless a group may start with this time and sequence number. */
  private checkNew(group: { readonly time: T; readonly sequence: number }): void {
    const { time, sequence } = group;
    if (this.used.has(sequence)) throw new ControlOrderError("decreasing", group, this.latest);
    for (const cancel of this.cancels.get(sequence) ?? []) {
      if (!this.domain.lessEqual(cancel.time, time)) throw new CancelError("after", sequence, cancel.sequence);
    }
  }

  /** Throws unless a cancel at `time` may name the step `cancels`. */
  private checkCancel(time: T, cancels: number, sequence: number): void {
    if (this.used.has(cancels)) throw new CancelError("late", cancels, sequence);
    const step = this.pending.get(cancels);
    if (step !== undefined && !this.domain.lessEqual(time, step.time))
      throw new CancelError("after", cancels, sequence);
  }

  /** Throws unless `steps`, ascending in the linear extension, go on with the chain. */
  private checkChain(steps: readonly ConfigurationBuilder<T>[]): void {
    const { domain } = this;
    let before: { readonly time: T; readonly sequence: number } = this.newest;
    for (const step of steps) {
      if (!domain.lessEqual(before.time, step.time)) throw new ControlOrderError("incomparable", step, before);
      // The initial configuration shares its time with a step at the least one.
      if (before.sequence >= 0 && domain.compare(before.time, step.time) === 0) {
        throw new ControlSequenceError(step.time, before.sequence, step.sequence);
      }
      if (before.sequence >= step.sequence) throw new ControlOrderError("decreasing", step, before);
      before = step;
    }
  }

  private checkCancelsFound(): void {
    for (const [cancels, [first]] of this.cancels) {
      if (!this.pending.has(cancels)) throw new CancelError("unknown", cancels, (first as Cancel<T>).sequence);
    }
  }
}
