// The replay format: NDJSON of changes and queries in, NDJSON of answers and epochs out.

import {
  type Answer,
  type Change,
  ChangeError,
  type ChangeErrorCode,
  isQuery,
  parseOperation,
  type Query,
} from "../network/index.ts";
import { quoted, RoutingError } from "../network/routing-error.ts";

/** A line that changes the network. */
export interface ReplayChange {
  /** Which epoch it belongs to. */
  readonly epoch: number;
  /** What changes. */
  readonly change: Change;
  /** Not there. */
  readonly query?: never;
}

/** A line that asks, as of the end of its epoch. */
export interface ReplayQuery {
  /** Which epoch it belongs to. */
  readonly epoch: number;
  /** What is asked. */
  readonly query: Query;
  /** Not there. */
  readonly change?: never;
}

/** One line of input; exactly one of `change` and `query` is there. */
export type ReplayEntry = ReplayChange | ReplayQuery;

/** What can be wrong with a line. */
export type ReplayErrorCode = ChangeErrorCode | "BAD_JSON" | "BAD_EPOCH" | "EPOCH_DECREASED" | "LINE_TOO_LONG";

/** A bad line. */
export class ReplayError extends RoutingError<ReplayErrorCode> {
  /** Counted from 1. */
  readonly line: number;
  /**
   * The epoch whose changes the line rejects: its own, or where it names none that can be, that of the line before it.
   * Undefined when there is neither.
   */
  readonly epoch: number | undefined;

  constructor(code: ReplayErrorCode, line: number, epoch: number | undefined, message: string) {
    super(code, `line ${line}: ${message}`);
    this.line = line;
    this.epoch = epoch;
  }
}

/** Lines of more characters than this are bad; whoever splits a stream into lines should stop collecting there too. */
export const MAX_LINE_LENGTH = 2 ** 20;

/** Reads the lines of a replay in order, and holds what one line must know of those before it. */
export class ReplayReader {
  #line = 0;
  #epoch: number | undefined;

  /** How many lines have been read. */
  get line(): number {
    return this.#line;
  }

  /**
   * Reads the next line, without its line end; undefined for a blank one. Reading can go on after an error.
   *
   * @throws ReplayError when the line is too long or not JSON, its epoch is no whole number or less than the one before,
   * or it is no change or query.
   */
  read(line: string): ReplayEntry | undefined {
    this.#line++;
    if (line.length > MAX_LINE_LENGTH) {
      throw this.#error("LINE_TOO_LONG", `${line.length} characters; at most ${MAX_LINE_LENGTH} are read`);
    }
    if (line.trim() === "") return undefined;
    let value: unknown;
    try {
      value = JSON.parse(this.#line === 1 && line.startsWith("\uFEFF") ? line.slice(1) : line);
    } catch (error) {
      throw this.#error("BAD_JSON", `not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.#error("NOT_AN_OBJECT", `${quoted(value)} is not an object`);
    }
    const epoch = this.#readEpoch(value);
    try {
      const operation = parseOperation(value);
      return isQuery(operation) ? { epoch, query: operation } : { epoch, change: operation };
    } catch (error) {
      if (error instanceof ChangeError) throw this.#error(error.code, error.message);
      throw error;
    }
  }

  #readEpoch(record: object): number {
    const epoch: unknown = Object.hasOwn(record, "epoch") ? (record as { epoch: unknown }).epoch : undefined;
    if (epoch === undefined) throw this.#error("MISSING_FIELD", `"epoch" is missing`);
    if (typeof epoch !== "number" || !Number.isSafeInteger(epoch) || epoch < 0) {
      throw this.#error("BAD_EPOCH", `"epoch" is ${quoted(epoch)}; it must be a whole number from 0 on`);
    }
    if (this.#epoch !== undefined && epoch < this.#epoch) {
      throw this.#error("EPOCH_DECREASED", `epoch ${epoch} comes after epoch ${this.#epoch}; epochs never decrease`);
    }
    this.#epoch = epoch;
    return epoch;
  }

  #error(code: ReplayErrorCode, message: string): ReplayError {
    return new ReplayError(code, this.#line, this.#epoch, message);
  }
}

/** An answer as of the end of an epoch. */
export interface ReplayAnswer extends Answer {
  /** Epoch as of whose end it holds. */
  readonly epoch: number;
}

/** What an epoch did. */
export interface EpochSummary {
  /** Which epoch. */
  readonly epoch: number;
  /** Changes applied. */
  readonly changes: number;
  /** Ordered pairs of different nodes whose distance changed (routing rule 6). */
  readonly pairsChanged: number;
  /** Ordered pairs of different nodes whose set of next-hop link ids changed (routing rule 6). */
  readonly nextHopSetsChanged: number;
  /** Milliseconds from the changes to their deltas. */
  readonly ms: number;
}

/** An answer as one line of NDJSON, without its line end; keys stand in the order of the format. */
export function formatAnswer(answer: ReplayAnswer): string {
  const { epoch, op, from, to, distance, nextHops, path, links, pathCount } = answer;
  return JSON.stringify({ epoch, op, from, to, distance, nextHops, path, links, pathCount });
}

/** An epoch's summary as one line of NDJSON, without its line end; milliseconds to three decimals. */
export function formatEpoch(summary: EpochSummary): string {
  const { epoch, changes, pairsChanged, nextHopSetsChanged } = summary;
  const ms = Math.round(summary.ms * 1000) / 1000;
  return JSON.stringify({ epoch, op: "epoch", changes, pairsChanged, nextHopSetsChanged, ms });
}
