// What every stateful operator is told beside its logic.

import type { Codec, Rows, Stream } from "@limmat/timely-core";
import type { BinMap, ControlRecord } from "../configuration/index.ts";
import type { MigrationEvent } from "../log/index.ts";

/** Where the bins of a stateful operator live and how they move. */
export interface StatefulOptions<T> {
  /**
   * Says where bins live from which time on. Fed on any one worker (the operator sends it to all), its frontier held a little ahead of the
   * data's: records wait for it. Several operators on one control stream move together.
   */
  readonly control: Stream<T, Rows<ControlRecord>>;
  /** How many leading bits of a key's hash name its bin: 0 to 20, for 2^bins bins. Default 8. */
  readonly bins?: number;
  /** The worker of each bin before any control record. Default: bin i on worker i modulo their number. */
  readonly initial?: BinMap;
  /**
   * Who waits while a step is under way: only the records of bins that it names (`"bin"`, the default; engine rule 21), or all records at
   * its time and after, as in the paper (`"step"`).
   */
  readonly gating?: "bin" | "step";
  /** The most bytes of state that are packed or unpacked in one activation, so that records have their turn. Default 128 KiB. */
  readonly budget?: number;
  /** The most bytes of state that may be under way from one worker to another. Default 512 KiB. */
  readonly credit?: number;
  /**
   * The most bytes of state that a worker copies ahead of their steps, once these are announced, so that only what changes afterwards is
   * left to be sent at the step's time. Both workers hold them until then. Memory that is shared needs no copies. 0 for none. Default 16 MiB.
   */
  readonly preCopy?: number;
  /** Whether bins change hands as they lie in memory where two workers share it. Default true. */
  readonly zeroCopy?: boolean;
  /** How post-dated records travel and are saved. Default: the codec of rows. */
  readonly codec?: Codec<unknown>;
  /** Is told what happens on this worker, in order. */
  readonly log?: (event: MigrationEvent<T>) => void;
  /** Whether the log is told of every record applied as well: for auditors. Default false. */
  readonly logApplied?: boolean;
}

/** The default of `StatefulOptions.bins`. */
export const defaultBins = 8;
/** The default of `StatefulOptions.budget`, in bytes. */
export const defaultBudget = 128 * 1024;
/** The default of `StatefulOptions.credit`, in bytes. */
export const defaultCredit = 512 * 1024;
/** The default of `StatefulOptions.preCopy`, in bytes. */
export const defaultPreCopy = 16 * 1024 * 1024;
