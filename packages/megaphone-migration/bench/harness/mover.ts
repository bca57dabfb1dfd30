// Migrates on a schedule, as the reference's drivers do: each step is issued once the probe has passed the time of the step before it.
import {
  allAtOnce,
  type BinMap,
  batched,
  type ControlRecord,
  controlRecords,
  difference,
  fluid,
  type Plan,
} from "@limmat/megaphone-migration";
import type { Input, Rows } from "@limmat/timely-core";
import type { MigrationResult, MigrationSpec } from "./run-spec.ts";

/** Microseconds that the control input is ahead of the data, at most: routers never wait for it, and steps are announced ahead. */
const lead = 1000;

/** Feeds the control stream of one operator. Times are microseconds. */
export class Mover {
  /** What was done so far. */
  readonly results: MigrationResult[] = [];
  private readonly control: Input<number, Rows<ControlRecord>>;
  private readonly initial: BinMap;
  private map: BinMap;
  private readonly schedule: readonly MigrationSpec[];
  private readonly start: number;
  private sequence = 1;
  private plan: Plan | undefined;
  private step = 0;
  /** The time of the step that is under way, or -1. */
  private stepTime = -1;
  private issued = 0;

  /** @param start - when the first record is due. */
  constructor(
    control: Input<number, Rows<ControlRecord>>,
    initial: BinMap,
    schedule: readonly MigrationSpec[],
    start: number,
  ) {
    this.control = control;
    this.initial = initial;
    this.map = initial;
    this.schedule = schedule;
    this.start = start;
  }

  /** Whether all migrations are done. */
  get idle(): boolean {
    return this.plan === undefined && this.results.length === this.schedule.length;
  }

  /** To be called in every round: `now` is the time, `passed` how far the probe has got. */
  advance(now: number, passed: number): void {
    if (this.stepTime >= 0 && passed > this.stepTime) this.stepTime = -1;
    if (this.plan === undefined) this.begin(now);
    else if (this.stepTime < 0) this.next(now);
    // Every so often rather than in every round: each move of a frontier is told to all workers.
    if (this.control.time - now < lead / 2) this.control.advanceTo(Math.floor(now) + lead);
  }

  private begin(now: number): void {
    const spec = this.schedule[this.results.length];
    if (spec === undefined || now < this.start + spec.at * 1e6) return;
    const target = spec.direction === "out" ? withoutSome(this.initial, spec.share ?? 0.5) : this.initial;
    const moves = difference(this.map, target);
    this.map = target;
    this.plan = strategies[spec.strategy](spec.batch ?? 1)(moves);
    this.step = 0;
    this.issued = now;
    this.next(now);
  }

  private next(now: number): void {
    const plan = this.plan as Plan;
    if (this.step === plan.length) {
      const { direction } = this.schedule[this.results.length] as MigrationSpec;
      const seconds = (time: number) => (time - this.start) / 1e6;
      this.results.push({
        direction,
        issued: seconds(this.issued),
        done: seconds(now),
        steps: plan.length,
        moves: plan.moves.length,
      });
      this.plan = undefined;
      return;
    }
    const records = controlRecords(plan.step(this.step), this.sequence);
    this.stepTime = this.control.time;
    for (const record of records) this.control.send(record);
    this.control.advanceTo(Math.max(this.stepTime + 1, Math.floor(now) + lead));
    this.step += 1;
    this.sequence += 1;
  }
}

const strategies = {
  "all-at-once": () => allAtOnce,
  batched: (size: number) => batched(size),
  fluid: () => fluid,
};

/** The map in which `share` of the bins of worker 1, spread evenly, are on worker 0. */
function withoutSome(initial: BinMap, share: number): BinMap {
  let owed = 0;
  return initial.map((worker) => {
    if (worker !== 1) return worker;
    owed += share;
    if (owed < 1) return 1;
    owed -= 1;
    return 0;
  });
}
