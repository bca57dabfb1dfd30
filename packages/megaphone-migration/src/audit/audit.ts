// The auditor: whether a run kept Megaphone's promises (Megaphone, section 3), from what its workers logged, and from nothing that the
// operators themselves decide by.

import type { TimeDomain } from "@limmat/timely-core";
import { Bins } from "../bins/index.ts";
import { type BinMap, initialMap } from "../configuration/index.ts";
import type { AppliedEvent, InstalledEvent, MigrationEvent, ShippedEvent, StepEvent } from "../log/index.ts";
import { History } from "./history.ts";
import { Placement } from "./placement.ts";
import type { Promised, Violation } from "./violation.ts";

/** What an auditor must know of a run. */
export interface AuditOptions<T> {
  /** The name of the stateful operator; events of others are passed over. */
  readonly operator: string;
  /** The order of times. */
  readonly domain: TimeDomain<T>;
  /** The operator's option of that name: 2^bins bins. */
  readonly bins: number;
  /** How many workers there were. */
  readonly workers: number;
  /** Where bins lived at first. Default: as the operator's option has it. */
  readonly initial?: BinMap;
  /** Whether the run came to its end, so that nothing may be left undone. Default true. */
  readonly ended?: boolean;
  /** What came out, as text, and what one thread puts out; in any order. Left out, outputs are not looked at. */
  readonly outputs?: {
    /** What one thread puts out. */
    readonly expected: Iterable<readonly [time: T, record: string]>;
    /** What the run put out. */
    readonly actual: Iterable<readonly [time: T, record: string]>;
  };
}

/**
 * Looks for broken promises in the events of one operator on all workers, and returns what it finds. Each worker's events must stand in
 * the order in which it told them; how those of several workers are interleaved does not matter. `logApplied` must have been on.
 *
 * It checks that all workers know the same steps; that each update of a bin is executed where the configuration of its time has the bin,
 * while the bin is there, and not after a later one; that each move of a step is made once, and that nobody else sends or takes a bin;
 * that at the end everything is done and every bin is where the last step put it; and that the outputs are those that are expected.
 *
 * Throws `BinBitsError`, `WorkerCountError`.
 */
export function audit<T>(events: Iterable<MigrationEvent<T>>, options: AuditOptions<T>): Violation<T>[] {
  const own = [...events].filter(({ operator }) => operator === options.operator);
  return new Audit(options, own).run();
}

/** A move of a step, and how often it was made. */
interface Moved<T> {
  readonly time: T;
  readonly sequence: number;
  readonly bin: number;
  readonly from: number;
  readonly to: number;
  shipped: number;
  installed: number;
}

type Where<T> = Partial<Pick<Violation<T>, "worker" | "bin" | "sequence" | "time">>;

class Audit<T> {
  private readonly options: AuditOptions<T>;
  private readonly events: readonly MigrationEvent<T>[];
  private readonly initial: BinMap;
  private readonly placement: Placement<T>;
  private readonly moved = new Map<string, Moved<T>>();
  /** By worker: the bins that are there, each with what was applied to it. */
  private readonly here: Map<number, History<T>>[];
  private readonly found: Violation<T>[] = [];

  constructor(options: AuditOptions<T>, events: readonly MigrationEvent<T>[]) {
    const { domain, workers, initial } = options;
    this.options = options;
    this.events = events;
    this.initial = initial ?? initialMap(new Bins(options.bins), workers);
    this.placement = new Placement(domain, this.initial);
    this.here = Array.from({ length: workers }, () => new Map());
    this.initial.forEach((worker, bin) => {
      this.here[worker]?.set(bin, new History(domain));
    });
  }

  run(): Violation<T>[] {
    this.readSteps();
    for (const event of this.events) {
      if (event.kind === "applied") this.applied(event);
      else if (event.kind === "shipped") this.shipped(event);
      else if (event.kind === "installed") this.installed(event);
    }
    if (this.options.ended !== false) this.checkEnd();
    this.checkOutputs();
    return this.found;
  }

  private report(promise: Promised, what: string, where: Where<T>): void {
    const { worker, bin, sequence, time } = where;
    this.found.push({ promise, operator: this.options.operator, what, worker, bin, sequence, time });
  }

  // ---- steps ----

  private readSteps(): void {
    const { workers, domain, ended } = this.options;
    const known: StepEvent<T>[][] = Array.from({ length: workers }, () => []);
    for (const event of this.events) if (event.kind === "step") known[event.worker]?.push(event);
    const most = known.reduce((a, b) => (b.length > a.length ? b : a), []);
    known.forEach((steps, worker) => {
      most.forEach((step, i) => {
        const other = steps[i];
        const { sequence, time } = step;
        if (other === undefined) {
          if (ended !== false)
            this.report("completion", "it never came to know of the step", { worker, sequence, time });
        } else if (other !== step && !isSameStep(domain, step, other)) {
          this.report("migration", "its steps are not those of the others", { worker, sequence, time });
        }
      });
    });
    for (const step of most) this.readStep(step);
  }

  private readStep(step: StepEvent<T>): void {
    const { time, sequence, moves } = step;
    for (const { bin, from, to } of moves) {
      const before = this.placement.latest(bin);
      if (from !== before) {
        this.report("migration", `it is to leave worker ${from} but lives on worker ${before}`, {
          bin,
          sequence,
          time,
        });
      }
      this.moved.set(nameOf(sequence, bin), { time, sequence, bin, from, to, shipped: 0, installed: 0 });
    }
    this.placement.add(step);
  }

  // ---- events ----

  private applied({ worker, time, bins, due }: AppliedEvent<T>): void {
    for (const bin of new Set(bins)) {
      const where = { worker, bin, time };
      const owner = this.placement.workerAt(bin, time);
      if (owner !== worker) this.report("migration", `an update belongs to worker ${owner}`, where);
      const history = this.here[worker]?.get(bin);
      if (history === undefined) {
        this.report("migration", "an update was executed while the bin was not here", where);
        continue;
      }
      const wrong = history.apply(time, due);
      if (wrong !== undefined) this.report("correctness", wrong, where);
    }
  }

  private shipped({ worker, bin, sequence, time, to }: ShippedEvent<T>): void {
    const where = { worker, bin, sequence, time };
    if (!this.here[worker]?.delete(bin)) this.report("migration", "a bin was sent that was not here", where);
    const move = this.moved.get(nameOf(sequence, bin));
    if (move === undefined || move.from !== worker || move.to !== to) {
      this.report("migration", `it was sent to worker ${to}, which no step says`, where);
      return;
    }
    move.shipped += 1;
    if (move.shipped > 1) this.report("migration", "it was sent more than once", where);
  }

  private installed({ worker, bin, sequence, time, from }: InstalledEvent<T>): void {
    const where = { worker, bin, sequence, time };
    const here = this.here[worker];
    if (here?.has(bin)) this.report("migration", "a bin was installed that was here already", where);
    here?.set(bin, new History(this.options.domain));
    const move = this.moved.get(nameOf(sequence, bin));
    if (move === undefined || move.to !== worker || move.from !== from) {
      this.report("migration", `it came from worker ${from}, which no step says`, where);
      return;
    }
    move.installed += 1;
    if (move.installed > 1) this.report("migration", "it was installed more than once", where);
  }

  // ---- the end ----

  private checkEnd(): void {
    for (const { time, sequence, bin, from, to, shipped, installed } of this.moved.values()) {
      if (shipped === 0) this.report("completion", "it was never sent", { worker: from, bin, sequence, time });
      if (installed === 0) this.report("completion", "it was never installed", { worker: to, bin, sequence, time });
    }
    for (let bin = 0; bin < this.initial.length; bin++) {
      const owner = this.placement.latest(bin);
      const holders = this.here.flatMap((bins, worker) => (bins.has(bin) ? [worker] : []));
      if (holders.length === 1 && holders[0] === owner) continue;
      const places = holders.length === 0 ? "nowhere" : `on worker ${holders.join(" and ")}`;
      this.report("completion", `it ended ${places}, not on worker ${owner} alone`, { bin });
    }
  }

  private checkOutputs(): void {
    const { outputs, domain } = this.options;
    if (outputs === undefined) return;
    const counts = new Map<string, { readonly time: T; readonly record: string; count: number }>();
    const add = (list: Iterable<readonly [T, string]>, by: number): void => {
      for (const [time, record] of list) {
        const name = `${domain.key(time)} ${record}`;
        const entry = counts.get(name) ?? { time, record, count: 0 };
        entry.count += by;
        counts.set(name, entry);
      }
    };
    add(outputs.actual, 1);
    add(outputs.expected, -1);
    for (const { time, record, count } of counts.values()) {
      if (count > 0) this.report("correctness", `${count} of ${record} came out that should not have`, { time });
      if (count < 0) this.report("correctness", `${-count} of ${record} should have come out`, { time });
    }
  }
}

function nameOf(sequence: number, bin: number): string {
  return `${sequence}/${bin}`;
}

function isSameStep<T>(domain: TimeDomain<T>, a: StepEvent<T>, b: StepEvent<T>): boolean {
  if (a.sequence !== b.sequence || a.moves.length !== b.moves.length) return false;
  if (domain.compare(a.time, b.time) !== 0) return false;
  const others = [...b.moves];
  return [...a.moves].every(({ bin, from, to }, i) => {
    const other = others[i];
    return other?.bin === bin && other.from === from && other.to === to;
  });
}
