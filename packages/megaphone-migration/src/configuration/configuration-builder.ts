// The control records of one step, as they arrive, in any order. After Megaphone's `ControlSetBuilder`, with errors for asserts,
// and with a result that doesn't depend on the order of arrival, which workers may see differently.

import type { Bins } from "../bins/index.ts";
import { ControlConflictError, ControlCountError, ControlRecordError } from "../errors.ts";
import { type BinMap, checkedMap, checkWorker } from "./bin-map.ts";
import type { CancelRecord, ControlHeader, ControlRecord, MapRecord, MoveRecord } from "./control-record.ts";
import { Moves } from "./moves.ts";

/** Collects the control records of one sequence number until the control frontier has passed its time. A record that is refused changes nothing. */
export class ConfigurationBuilder<T> {
  /** The control time. */
  readonly time: T;
  /** The step's sequence number. */
  readonly sequence: number;
  /** How many records the step announced. */
  readonly count: number;
  private readonly bins: Bins;
  private readonly workers: number;
  private received = 0;
  private base: BinMap | undefined;
  private readonly moved = new Map<number, number>();
  private readonly cancels = new Set<number>();

  /** A builder without records yet, for the step that `header` names. Throws `ControlRecordError` when it is malformed. */
  constructor(bins: Bins, workers: number, time: T, header: ControlHeader) {
    const { sequence, count } = header;
    if (!Number.isSafeInteger(sequence) || sequence < 0) {
      throw new ControlRecordError("sequence", sequence, "a safe integer of at least 0");
    }
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new ControlRecordError("count", count, "a safe integer of at least 1");
    }
    this.bins = bins;
    this.workers = workers;
    this.time = time;
    this.sequence = sequence;
    this.count = count;
  }

  /**
   * Takes one record of this time and sequence number.
   *
   * Throws `ControlCountError` (another count, or one record too many), `ControlConflictError` (a second map, or a second worker for a bin), `MapLengthError`, `UnknownBinError`, `UnknownWorkerError`, `ControlRecordError`.
   */
  add(record: ControlRecord): void {
    const { time, sequence, count } = this;
    if (record.count !== count) {
      throw new ControlCountError(time, sequence, count, record.count, `another record announces ${record.count}`);
    }
    if (this.received === count) throw new ControlCountError(time, sequence, count, count + 1, "one more came");
    switch (record.kind) {
      case "map":
        this.addMap(record);
        break;
      case "move":
        this.addMove(record);
        break;
      case "cancel":
        this.addCancel(record);
        break;
      default:
        throw new ControlRecordError("kind", (record as { kind?: unknown }).kind, `"map", "move" or "cancel"`);
    }
    this.received += 1;
  }

  /** Whether it has records that place bins; a group of cancels alone is no step. */
  get isStep(): boolean {
    return this.base !== undefined || this.moved.size > 0;
  }

  /** The sequence numbers that it cancels. */
  get cancelled(): Iterable<number> {
    return this.cancels;
  }

  /** Throws `ControlCountError` unless all records came. */
  checkComplete(): void {
    if (this.received !== this.count) {
      const what = `${this.received} came before the control frontier passed it`;
      throw new ControlCountError(this.time, this.sequence, this.count, this.received, what);
    }
  }

  /**
   * The bins whose worker the step changes, ascending, given their workers before it. The records apply as a set: the map, then the
   * moves on top of it. O(bins) with a map, else O(moves log moves).
   */
  build(before: (bin: number) => number): Moves {
    const { base, moved } = this;
    const named = base === undefined ? Uint32Array.from(moved.keys()).sort() : base.keys();
    const changed: number[] = [];
    const from: number[] = [];
    const to: number[] = [];
    for (const bin of named) {
      const source = before(bin);
      const target = moved.get(bin) ?? (base?.[bin] as number);
      if (source === target) continue;
      changed.push(bin);
      from.push(source);
      to.push(target);
    }
    return new Moves(Uint32Array.from(changed), Uint32Array.from(from), Uint32Array.from(to));
  }

  private addMap(record: MapRecord): void {
    if (this.base !== undefined) throw new ControlConflictError(this.time, this.sequence, "two maps");
    if (typeof record.workers?.length !== "number") {
      throw new ControlRecordError("workers", record.workers, "an array with a worker for each bin");
    }
    // A copy: the record is the sender's, or lies in a batch that is released (engine rule 6).
    this.base = checkedMap(record.workers, this.bins, this.workers);
  }

  private addCancel({ cancels }: CancelRecord): void {
    if (!Number.isSafeInteger(cancels) || cancels < 0 || cancels >= this.sequence) {
      throw new ControlRecordError("cancels", cancels, `a sequence number below the record's own, ${this.sequence}`);
    }
    this.cancels.add(cancels);
  }

  private addMove(record: MoveRecord): void {
    const { bin, worker } = record;
    this.bins.check(bin);
    checkWorker(worker, this.workers);
    const other = this.moved.get(bin);
    if (other !== undefined && other !== worker) {
      throw new ControlConflictError(this.time, this.sequence, `workers ${other} and ${worker} for bin ${bin}`);
    }
    this.moved.set(bin, worker);
  }
}
