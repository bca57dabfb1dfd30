// What the open loop drives: the ends of one dataflow on one worker.
import type { BinMap, ControlRecord, MigrationEvent } from "@limmat/megaphone-migration";
import type { Input, Probe, Rows } from "@limmat/timely-core";

/** Is told of records that an operator has put out: their time, and how many. */
export type Emitted = (time: number, records: number) => void;

/** What a load is given to build with. */
export interface Surroundings {
  /** To be called for what comes out of the operator that is measured. */
  readonly emitted: Emitted;
  /** To be given to migratable operators as their log, if there is one. */
  readonly log: ((event: MigrationEvent<number>) => void) | undefined;
}

/** A dataflow under load, on one worker. Times are microseconds. */
export interface Subject {
  /** Behind everything. */
  readonly probe: Probe<number>;
  /** Where control records go; undefined where nothing can migrate. Workers other than 0 have closed theirs. */
  readonly control: Input<number, Rows<ControlRecord>> | undefined;
  /** Where the bins are at first; undefined where nothing can migrate. */
  readonly map: BinMap | undefined;
  /**
   * Sends a part of what is to be there before the first record that is measured, at the input's present time; returns whether more is to
   * come.
   */
  preload(): boolean;
  /** Sends records number `first` and following of this worker, at the input's present time. */
  send(first: number, count: number): void;
  /**
   * Sends a part of the keys that the first migration brought to worker 0, at the input's present time; returns whether more is to come. Where it
   * is not there, passes can't be asked for.
   */
  pass?(): boolean;
  /** The input's present time. */
  readonly time: number;
  /** Moves the input on. */
  advanceTo(time: number): void;
  /** Says that nothing more will come. */
  close(): void;
  /**
   * Is asked at the end for what should be written down beside the latencies. As `expected`, how many records this worker's records must have
   * come to: a run in which the sum over all workers is another ends with an error.
   */
  notes?(): Readonly<Record<string, number>>;
}
